namespace Stun.Node.Storage;

/// <summary>How the rows of tasks are written. A value that is not given leaves the one that is there.</summary>
internal static class TaskStatements
{
    public static readonly RowStatement AddLine = RowStatement.Insert("task_history",
        "shard task seq:n at:n kind about detail");

    public static readonly RowStatement AddSettlement = RowStatement.Insert("settlements",
        "shard task at:n settlement:b held refund treasury creator", "ON CONFLICT (task) DO NOTHING");

    /// <summary>The same order may come again after it was refused. A verdict brings both its columns.</summary>
    public static readonly RowStatement PutTask = RowStatement.Insert("tasks",
        """
        id shard requester gateway state reason work_kind work price_limit submitted_at:n queued_at:n ended_at:n
        deadline:n idempotency_key:n verification result cheat_pass_ppb:n order_bytes:b
        """,
        """
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason, gateway = excluded.gateway,
            submitted_at = excluded.submitted_at, order_bytes = excluded.order_bytes,
            queued_at = COALESCE(excluded.queued_at, tasks.queued_at),
            ended_at = COALESCE(excluded.ended_at, tasks.ended_at),
            result = CASE WHEN excluded.cheat_pass_ppb IS NULL THEN tasks.result ELSE excluded.result END,
            cheat_pass_ppb = COALESCE(excluded.cheat_pass_ppb, tasks.cheat_pass_ppb)
        """);

    public static readonly RowStatement ChangeTask = RowStatement.Update("tasks",
        "id shard state reason queued_at:n ended_at:n result cheat_pass_ppb:n",
        """
        state = COALESCE({state}, tasks.state), reason = COALESCE({reason}, tasks.reason),
            queued_at = COALESCE({queued_at}, tasks.queued_at), ended_at = COALESCE({ended_at}, tasks.ended_at),
            result = CASE WHEN {cheat_pass_ppb} IS NULL THEN tasks.result ELSE {result} END,
            cheat_pass_ppb = COALESCE({cheat_pass_ppb}, tasks.cheat_pass_ppb)
        """, "id", "shard");

    public static readonly RowStatement AddPlacement = RowStatement.Insert("placements",
        "shard generation:n task at:n first_attempt:n attempts:n shortlist:b");

    public static readonly RowStatement AddAttempt = RowStatement.Insert("attempts",
        """
        shard id:n task provider offer:n replica:n rank:n granted_at:n closed_at:n ending failure detail price_cap paid
        run_time:n receipt:b delivered_at:n
        """);

    /// <summary>Who closes an attempt gives its failure, or none, together with the detail.</summary>
    public static readonly RowStatement ChangeAttempt = RowStatement.Update("attempts",
        "shard id:n closed_at:n ending failure detail paid run_time:n receipt:b delivered_at:n",
        """
        closed_at = COALESCE({closed_at}, attempts.closed_at), ending = COALESCE({ending}, attempts.ending),
            failure = CASE WHEN {detail} IS NULL THEN attempts.failure ELSE {failure} END,
            detail = COALESCE({detail}, attempts.detail), paid = COALESCE({paid}, attempts.paid),
            run_time = COALESCE({run_time}, attempts.run_time), receipt = COALESCE({receipt}, attempts.receipt),
            delivered_at = COALESCE({delivered_at}, attempts.delivered_at)
        """, "shard", "id");

    public static readonly RowStatement PutVerdict = RowStatement.Insert("verdicts",
        "shard task round:n verdict:b posted_at:n payable_at:n",
        """
        ON CONFLICT (task, round) DO UPDATE SET verdict = COALESCE(excluded.verdict, verdicts.verdict),
            posted_at = COALESCE(excluded.posted_at, verdicts.posted_at),
            payable_at = COALESCE(excluded.payable_at, verdicts.payable_at)
        """);

    public static readonly RowStatement KeepBlob = RowStatement.Insert("small_blobs",
        "digest position:n content:b", "ON CONFLICT (digest) DO NOTHING");
}
