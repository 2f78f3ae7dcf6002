using System.Data.Common;
using Stun.Node.Storage;

namespace Stun.Node.Serving;

/// <summary>Which services there are, and which orders were made for them: what a next life of the node goes on with.
/// </summary>
public sealed class ServiceBook(NodeDatabase database)
{
    private const string Columns = "name, owner, created_at, spec, creator, terms";

    /// <returns>False where the name is taken.</returns>
    public bool Add(ServiceRecord service) => database.WriteDurably(sql => sql.Execute($"""
        INSERT INTO services ({Columns}) VALUES (@name, @owner, @at, @spec, @creator, @terms)
        ON CONFLICT (name) DO NOTHING
        """,
        ("name", service.Name), ("owner", service.Owner.ToString()), ("at", service.CreatedAt.Micros),
        ("spec", ProtocolWire.Encode(service.Spec)), ("creator", service.Creator.ToString()),
        ("terms", service.Terms.Text()))) == 1;

    public IReadOnlyList<ServiceRecord> List() => database.Read(sql => sql.List(
        $"SELECT {Columns} FROM services ORDER BY name", Read));

    public void Change(string name, ServiceTerms terms) => database.WriteDurably(sql => sql.Execute(
        "UPDATE services SET terms = @terms WHERE name = @name", ("terms", terms.Text()), ("name", name)));

    /// <summary>The orders under way stay written down until they have ended.</summary>
    public void Remove(string name) => database.WriteDurably(sql => sql.Execute(
        "DELETE FROM services WHERE name = @name", ("name", name)));

    /// <summary>Before the order leaves: a life that ends in between knows of it.</summary>
    public void AddReplica(string service, OrderedReplica replica) => database.WriteDurably(sql => sql.Execute("""
        INSERT INTO service_replicas (task, service, order_bytes) VALUES (@task, @service, @order)
        ON CONFLICT (task) DO NOTHING
        """,
        ("task", replica.Task.ToString()), ("service", service), ("order", ProtocolWire.Encode(replica.Order))));

    public void RemoveReplica(TaskId task) => database.Write(sql => sql.Execute(
        "DELETE FROM service_replicas WHERE task = @task", ("task", task.ToString())));

    public IReadOnlyList<OrderedReplica> Replicas(string service) => database.Read(sql => sql.List(
        "SELECT task, order_bytes FROM service_replicas WHERE service = @service ORDER BY task",
        ReadReplica, ("service", service)));

    /// <summary>Of services that were removed.</summary>
    public IReadOnlyList<OrderedReplica> Orphans() => database.Read(sql => sql.List(
        "SELECT task, order_bytes FROM service_replicas WHERE service NOT IN (SELECT name FROM services)",
        ReadReplica));

    private static OrderedReplica ReadReplica(DbDataReader row) => new(
        SqlValue.TaskId(row, 0), ProtocolWire.DecodeSignedOrder(SqlValue.Bytes(row, 1)));

    private static ServiceRecord Read(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), SqlValue.Instant(row, 2),
        ProtocolWire.DecodeTaskSpec(SqlValue.Bytes(row, 3)), SqlValue.Address(row, 4),
        ServiceTerms.Read(row.GetString(5)));
}
