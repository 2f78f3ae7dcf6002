namespace Stun.Engine;

/// <summary>Every queue, retry and table of the engine has its limit here, with its reason.</summary>
public static class Limits
{
    /// <summary>Orders accepted and not yet ended, per scheduler shard: about 2 kB each, so 2 GB at most.</summary>
    public const int OpenTasksMax = 1_000_000;

    /// <summary>Per requester, unless its account says more: one requester cannot fill the shard.</summary>
    public const int OpenTasksPerRequesterMax = 100_000;

    /// <summary>
    /// Of an order's words and names. Leases, evidence and journal entries carry whole orders and much else beside
    /// them: they must stay below a message's 1 MiB.
    /// </summary>
    public const int OrderBytesMax = 256 << 10;

    /// <summary>Offers in one market; placement is measured up to here (bench/results).</summary>
    public const int OffersMax = 100_000;

    /// <summary>A site has some kinds of machines, not thousands; and one provider cannot fill the market.</summary>
    public const int OffersPerProviderMax = 64;

    /// <summary>Attempts of one task that a provider took on, lost ones included; then it fails as exhausted.</summary>
    public const int AttemptsPerTaskMax = 24;

    /// <summary>Leases of one task, refused ones too: with one more gang they fit an evidence of 64 attempts.</summary>
    public const int LeasesPerTaskMax = 48;

    /// <summary>Replicas times nodes of one placement: they must fit one verdict's 64 findings with retries.</summary>
    public const int GangMax = 16;

    /// <summary>
    /// Candidates that the event of a placement names. Every task has such an event, and each of them is some 80 bytes
    /// of it; to see why one stands above another a person needs no more.
    /// </summary>
    public const int ShortlistMax = 8;

    /// <summary>Verdicts in one batch: with 64 findings and seven signatures each they stay below 1 MiB.</summary>
    public const int BatchMax = 256;

    /// <summary>Leases last this long between renewals: a lost provider costs a task at most this delay.</summary>
    public static readonly Duration LeaseTerm = Duration.Seconds(30);

    /// <summary>Providers renew well before half the term is over, so that two lost renewals do no harm.</summary>
    public static readonly Duration RenewEvery = Duration.Seconds(9);

    /// <summary>Past the longest run time, for image, blobs and the way back.</summary>
    public static readonly Duration RunTimeGrace = Duration.Seconds(30);

    /// <summary>One bounded step of suggested prices: a tenth up or down takes some minutes, as it should.</summary>
    public static readonly Duration PriceEvery = Duration.Seconds(60);

    public static readonly Duration HeartbeatEvery = Duration.Seconds(5);

    /// <summary>Whose evidence did not hold is not looked at again before: each look costs somebody a question.
    /// </summary>
    public static readonly Duration EvidenceLookPause = Duration.Seconds(60);

    /// <summary>Three heartbeats missed: the offer gets no new work until it is heard again.</summary>
    public static readonly Duration OfferSilentAfter = Duration.Seconds(16);

    /// <summary>An unanswered message or ask is sent again after this; the network is assumed faster.</summary>
    public static readonly Duration ResendAfter = Duration.Seconds(3);

    /// <summary>Transactions may wait for blocks and fees.</summary>
    public static readonly Duration EscrowResendAfter = Duration.Seconds(60);

    /// <summary>The host answers when a batch's transaction is on the chain, however long that takes; this is for an
    /// answer that was lost.</summary>
    public static readonly Duration SubmitResendAfter = Duration.Seconds(600);

    /// <summary>A follower of the escrow's log that hears nothing asks again after this.</summary>
    public static readonly Duration FollowAgainAfter = Duration.Seconds(15);

    /// <summary>First pause before a task is placed again; doubles up to <see cref="RetryPauseMax"/>.</summary>
    public static readonly Duration RetryPause = Duration.Millis(500);

    public static readonly Duration RetryPauseMax = Duration.Seconds(30);

    /// <summary>Work waiting in the queue gains one priority class in this time: nothing starves.</summary>
    public static readonly Duration AgeingStep = Duration.Seconds(60);

    /// <summary>
    /// An ended task is kept whole this long for late questions, and in any case until its gateway knows. After that
    /// only its end is remembered, until its deadline: then the order itself is refused.
    /// </summary>
    public static readonly Duration EndedKept = Duration.Seconds(600);

    /// <summary>Ends remembered, about 100 bytes each; beyond it the nearest deadlines are forgotten early.</summary>
    public const int EndingsMax = 4_000_000;

    /// <summary>A gateway forgets who waits this long after a deadline: by then somebody has told the end.</summary>
    public static readonly Duration WaitingKept = Duration.Seconds(86_400);

    public static readonly Duration RunTimeMax = Duration.Seconds(30 * 86_400);

    /// <summary>Deadlines further away than this are refused: held money must come free within human time.</summary>
    public static readonly Duration DeadlineMax = Duration.Seconds(90 * 86_400);

    /// <summary>Placement attempts in one wake-up, so that a long queue does not keep messages waiting.</summary>
    public const int PlacementsPerWake = 256;

    /// <summary>
    /// All money that ever came into one escrow. A balance is 96 bits in the contract, of a word that it shares; and no
    /// multiple of it (slashes, sums) leaves 128 bits.
    /// </summary>
    public static readonly Amount MoneyMax = new((UInt128.One << 96) - 1);

    /// <summary>Entries the escrow role keeps for its followers; a chain keeps its own.</summary>
    public const int EscrowLogMax = 4_000_000;

    /// <summary>Evidence a validator keeps for possible disputes: of as many tasks as may be open.</summary>
    public const int EvidenceKeptMax = OpenTasksMax;
}
