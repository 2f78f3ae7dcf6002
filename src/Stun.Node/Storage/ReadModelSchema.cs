namespace Stun.Node.Storage;

/// <summary>
/// One schema for both databases. Amounts are text of 39 digits, instants microseconds, addresses, ids and digests
/// lower-case hexadecimal text: all of them sort and read the same everywhere.
/// </summary>
internal static class ReadModelSchema
{
    /// <summary>What the journal gives again at any time; in the order in which it is emptied.</summary>
    public static readonly IReadOnlyList<string> DerivedByShard =
    [
        "task_history", "settlements", "verdicts", "attempts", "placements", "offers", "tasks", "cheats",
        "provider_refusals", "provider_markets", "provider_works", "statistics",
    ];

    /// <summary>What all shards follow together: it goes with the last of them.</summary>
    public static readonly IReadOnlyList<string> DerivedByNetwork =
        ["accounts", "holds", "batches", "batch_lines", "provider_standings", "provider_earnings", "statistics"];

    public static readonly SchemaSteps Derived = new("read-model",
    [
        """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
        CREATE TABLE tasks (
            id TEXT PRIMARY KEY, shard TEXT NOT NULL, requester TEXT NOT NULL, gateway TEXT NOT NULL,
            state TEXT NOT NULL, reason TEXT NULL, work_kind TEXT NOT NULL, work TEXT NOT NULL,
            price_limit TEXT NOT NULL, submitted_at BIGINT NOT NULL, queued_at BIGINT NULL, ended_at BIGINT NULL,
            deadline BIGINT NOT NULL, idempotency_key BIGINT NOT NULL, verification TEXT NOT NULL,
            result TEXT NULL, cheat_pass_ppb BIGINT NULL, order_bytes BYTES NOT NULL);
        CREATE INDEX tasks_by_requester ON tasks (requester, submitted_at, id);
        CREATE INDEX tasks_by_time ON tasks (submitted_at, id);
        CREATE INDEX tasks_by_state ON tasks (state, submitted_at, id);
        CREATE INDEX tasks_by_key ON tasks (requester, idempotency_key);
        CREATE TABLE attempts (
            shard TEXT NOT NULL, id BIGINT NOT NULL, task TEXT NOT NULL, provider TEXT NOT NULL, offer BIGINT NOT NULL,
            replica BIGINT NOT NULL, rank BIGINT NOT NULL, granted_at BIGINT NOT NULL, closed_at BIGINT NULL,
            ending TEXT NULL, failure TEXT NULL, detail TEXT NULL, price_cap TEXT NOT NULL, paid TEXT NULL,
            run_time BIGINT NULL, receipt BYTES NULL, PRIMARY KEY (shard, id));
        CREATE INDEX attempts_by_task ON attempts (task, id);
        CREATE TABLE verdicts (
            shard TEXT NOT NULL, task TEXT NOT NULL, round BIGINT NOT NULL, verdict BYTES NULL,
            posted_at BIGINT NULL, payable_at BIGINT NULL, PRIMARY KEY (task, round));
        CREATE TABLE settlements (
            shard TEXT NOT NULL, task TEXT PRIMARY KEY, at BIGINT NOT NULL, settlement BYTES NULL,
            held TEXT NOT NULL, refund TEXT NOT NULL, treasury TEXT NOT NULL, creator TEXT NOT NULL);
        CREATE TABLE task_history (
            shard TEXT NOT NULL, task TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL,
            about TEXT NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (task, seq));
        CREATE TABLE offers (
            shard TEXT NOT NULL, provider TEXT NOT NULL, id BIGINT NOT NULL, version BIGINT NOT NULL,
            price TEXT NOT NULL, region TEXT NOT NULL, gpu_model TEXT NOT NULL, gpu_count BIGINT NOT NULL,
            gpu_memory_mib BIGINT NOT NULL, compute_capability BIGINT NOT NULL, cpu_millis BIGINT NOT NULL,
            memory_mib BIGINT NOT NULL, disk_mib BIGINT NOT NULL, posted_at BIGINT NOT NULL, withdrawn_at BIGINT NULL,
            PRIMARY KEY (shard, provider, id));
        CREATE INDEX offers_by_price ON offers (price, provider, id);
        CREATE TABLE accounts (
            address TEXT PRIMARY KEY, balance TEXT NOT NULL, held TEXT NOT NULL, stake TEXT NOT NULL,
            unbonding TEXT NOT NULL, freed TEXT NULL, freed_index BIGINT NULL);
        CREATE TABLE holds (
            task TEXT PRIMARY KEY, requester TEXT NOT NULL, amount TEXT NOT NULL,
            disputed_by TEXT NULL, verdict BYTES NULL);
        """,
        "CREATE INDEX task_history_by_seq ON task_history (shard, seq);",
        """
        CREATE TABLE batches (
            number BIGINT PRIMARY KEY, state TEXT NOT NULL, cut_at BIGINT NOT NULL, payable_at BIGINT NULL,
            signed BYTES NOT NULL, lines BYTES NOT NULL);
        CREATE TABLE batch_lines (line TEXT PRIMARY KEY, batch BIGINT NOT NULL, place BIGINT NOT NULL);
        CREATE INDEX batch_lines_by_batch ON batch_lines (batch);
        """,
        """
        ALTER TABLE batches ADD COLUMN on_chain BIGINT NULL;
        ALTER TABLE batches ADD COLUMN moves BYTES NULL;
        ALTER TABLE batch_lines ADD COLUMN task TEXT NULL;
        CREATE INDEX batch_lines_by_task ON batch_lines (task);
        """,
        """
        CREATE TABLE statistics (
            shard TEXT NOT NULL, step BIGINT NOT NULL, at BIGINT NOT NULL, figures BYTES NOT NULL,
            PRIMARY KEY (shard, step, at));
        CREATE TABLE cheats (
            shard TEXT NOT NULL, attempt BIGINT NOT NULL, task TEXT NOT NULL, provider TEXT NOT NULL,
            at BIGINT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, slashed TEXT NOT NULL,
            PRIMARY KEY (shard, attempt));
        CREATE TABLE provider_markets (
            shard TEXT NOT NULL, provider TEXT NOT NULL, first_seen_at BIGINT NOT NULL, online BIGINT NOT NULL,
            since_at BIGINT NOT NULL, running BIGINT NOT NULL, finished BIGINT NOT NULL, lost BIGINT NOT NULL,
            failed BIGINT NOT NULL, refused BIGINT NOT NULL, revoked BIGINT NOT NULL, PRIMARY KEY (shard, provider));
        CREATE TABLE provider_standings (
            provider TEXT PRIMARY KEY, score_ppm BIGINT NULL, paid_count BIGINT NOT NULL, fraud_count BIGINT NOT NULL,
            at BIGINT NOT NULL, earned TEXT NOT NULL, payouts BIGINT NOT NULL, slashed TEXT NOT NULL,
            moves BYTES NOT NULL);
        CREATE TABLE provider_earnings (
            provider TEXT NOT NULL, step BIGINT NOT NULL, at BIGINT NOT NULL, earned TEXT NOT NULL,
            payouts BIGINT NOT NULL, PRIMARY KEY (provider, step, at));
        CREATE TABLE provider_refusals (
            shard TEXT NOT NULL, provider TEXT NOT NULL, reason TEXT NOT NULL, refusals BIGINT NOT NULL,
            last_at BIGINT NOT NULL, PRIMARY KEY (shard, provider, reason));
        ALTER TABLE offers ADD COLUMN silent_at BIGINT NULL;
        CREATE INDEX attempts_open ON attempts (provider) WHERE closed_at IS NULL;
        INSERT INTO provider_markets (shard, provider, first_seen_at, online, since_at, running, finished, lost,
            failed, refused, revoked)
        SELECT shard, provider, MIN(posted_at), 1, MIN(posted_at),
            (SELECT COUNT(*) FROM attempts WHERE attempts.shard = offers.shard
                AND attempts.provider = offers.provider AND attempts.closed_at IS NULL), 0, 0, 0, 0, 0
        FROM offers WHERE withdrawn_at IS NULL GROUP BY shard, provider;
        """,
        """
        CREATE TABLE placements (
            shard TEXT NOT NULL, generation BIGINT NOT NULL, task TEXT NOT NULL, at BIGINT NOT NULL,
            first_attempt BIGINT NOT NULL, attempts BIGINT NOT NULL, shortlist BYTES NOT NULL,
            PRIMARY KEY (shard, generation));
        CREATE INDEX placements_by_task ON placements (task, generation);
        """,
        """
        ALTER TABLE attempts ADD COLUMN delivered_at BIGINT NULL;
        ALTER TABLE offers ADD COLUMN capability TEXT NULL;
        ALTER TABLE provider_markets ADD COLUMN watched_from BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE provider_markets ADD COLUMN online_micros BIGINT NOT NULL DEFAULT 0;
        UPDATE provider_markets SET watched_from = since_at;
        CREATE TABLE provider_works (
            shard TEXT NOT NULL, provider TEXT NOT NULL, figures BYTES NOT NULL, PRIMARY KEY (shard, provider));
        """,
    ]);

    /// <summary>What nothing else gives again.</summary>
    public static readonly SchemaSteps Kept = new("books",
    [
        """
        CREATE TABLE principals (
            address TEXT PRIMARY KEY, name TEXT NOT NULL, created_at BIGINT NOT NULL, disabled_at BIGINT NULL);
        CREATE TABLE api_keys (
            id TEXT PRIMARY KEY, hash BYTES NOT NULL, owner TEXT NOT NULL, role TEXT NOT NULL, scopes TEXT NOT NULL,
            created_at BIGINT NOT NULL, expires_at BIGINT NULL, revoked_at BIGINT NULL, last_used_at BIGINT NULL);
        CREATE INDEX api_keys_by_owner ON api_keys (owner, created_at);
        CREATE TABLE audit (
            seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, about TEXT NOT NULL,
            outcome TEXT NOT NULL, detail TEXT NOT NULL, previous BYTES NOT NULL, hash BYTES NOT NULL);
        CREATE TABLE audit_head (only_row BIGINT PRIMARY KEY, seq BIGINT NOT NULL, hash BYTES NOT NULL);
        """,
        """
        CREATE TABLE small_blobs (digest TEXT PRIMARY KEY, position BIGINT NOT NULL, content BYTES NOT NULL);
        """,
        """
        CREATE TABLE blob_uses (
            account TEXT NOT NULL, digest TEXT NOT NULL, size BIGINT NOT NULL, at BIGINT NOT NULL,
            PRIMARY KEY (account, digest));
        """,
        """
        CREATE TABLE models (
            digest TEXT PRIMARY KEY, owner TEXT NOT NULL, registered_at BIGINT NOT NULL, manifest BYTES NOT NULL);
        CREATE INDEX models_by_owner ON models (owner, digest);
        """,
        """
        CREATE TABLE services (
            name TEXT PRIMARY KEY, owner TEXT NOT NULL, created_at BIGINT NOT NULL, spec BYTES NOT NULL,
            creator TEXT NOT NULL, terms TEXT NOT NULL);
        CREATE TABLE service_replicas (task TEXT PRIMARY KEY, service TEXT NOT NULL, order_bytes BYTES NOT NULL);
        CREATE INDEX service_replicas_by_service ON service_replicas (service, task);
        """,
        """
        ALTER TABLE services ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
        ALTER TABLE service_replicas ADD COLUMN gateway TEXT NOT NULL DEFAULT '';
        """,
        """
        CREATE TABLE batch_gas (
            tx TEXT PRIMARY KEY, at BIGINT NOT NULL, batches BIGINT NOT NULL, tasks BIGINT NOT NULL,
            gas BIGINT NOT NULL, gas_price TEXT NOT NULL);
        CREATE INDEX batch_gas_by_time ON batch_gas (at);
        CREATE TABLE batch_transactions (
            batch BIGINT NOT NULL, act TEXT NOT NULL, tx TEXT NOT NULL, PRIMARY KEY (batch, act));
        """,
    ]);
}
