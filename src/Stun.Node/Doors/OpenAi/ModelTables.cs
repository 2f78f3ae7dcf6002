using Stun.Node.Storage;

namespace Stun.Node.Doors.OpenAi;

/// <summary>What this door keeps. Amounts and times lie in columns as everywhere in the node's database.</summary>
internal static class ModelTables
{
    private static readonly SchemaSteps Steps = new("models",
    [
        """
        CREATE TABLE model_usage (
            hour BIGINT NOT NULL, account TEXT NOT NULL, api_key TEXT NOT NULL, model TEXT NOT NULL,
            provider TEXT NOT NULL, requests BIGINT NOT NULL, failed BIGINT NOT NULL, cached BIGINT NOT NULL,
            tokens_in BIGINT NOT NULL, tokens_out BIGINT NOT NULL, counted BIGINT NOT NULL, charged TEXT NOT NULL,
            PRIMARY KEY (account, hour, api_key, model, provider));
        CREATE TABLE model_entries (
            hour BIGINT NOT NULL, debtor TEXT NOT NULL, creditor TEXT NOT NULL, amount TEXT NOT NULL,
            PRIMARY KEY (hour, debtor, creditor));
        CREATE TABLE model_balances (party TEXT PRIMARY KEY, debit TEXT NOT NULL, credit TEXT NOT NULL);
        CREATE TABLE model_turn (only_row BIGINT PRIMARY KEY, turn BIGINT NOT NULL);
        """,
        """
        CREATE TABLE model_files (
            id TEXT PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL,
            size BIGINT NOT NULL, digest TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NULL);
        CREATE INDEX model_files_by_account ON model_files (account, created_at, id);
        CREATE TABLE model_batches (
            id TEXT PRIMARY KEY, home TEXT NOT NULL, account TEXT NOT NULL, api_key TEXT NOT NULL, role TEXT NOT NULL,
            endpoint TEXT NOT NULL, input TEXT NOT NULL, window_text TEXT NOT NULL, metadata TEXT NULL,
            state TEXT NOT NULL, created_at BIGINT NOT NULL, begun_at BIGINT NULL, cancelled_at BIGINT NULL,
            ended_at BIGINT NULL, expires_at BIGINT NOT NULL, total BIGINT NOT NULL, completed BIGINT NOT NULL,
            failed BIGINT NOT NULL, output TEXT NULL, errors TEXT NULL, faults TEXT NULL);
        CREATE INDEX model_batches_by_account ON model_batches (account, created_at, id);
        CREATE INDEX model_batches_by_state ON model_batches (state, created_at);
        CREATE TABLE model_batch_lines (
            batch TEXT NOT NULL, line BIGINT NOT NULL, is_error BIGINT NOT NULL, said BYTES NOT NULL,
            PRIMARY KEY (batch, line));
        """,
    ]);

    public static void Prepare(NodeDatabase database)
    {
        using var connection = database.Open();
        Steps.Apply(connection, database.Dialect);
    }
}
