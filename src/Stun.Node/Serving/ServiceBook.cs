using System.Data.Common;
using Stun.Node.Storage;

namespace Stun.Node.Serving;

/// <summary>
/// Which services there are, and which orders were made for them: what a next life of the node goes on with. Several
/// gateways may keep theirs in one database: each goes on with its own, and a name is taken for all of them.
/// </summary>
public sealed class ServiceBook
{
    private const string Columns = "name, owner, created_at, spec, creator, terms";

    private readonly NodeDatabase database;
    private readonly string gateway;

    public ServiceBook(NodeDatabase database, Address gateway)
    {
        (this.database, this.gateway) = (database, gateway.ToString());
        // Written before there were several: whoever comes first goes on with them.
        foreach (var table in (string[])["services", "service_replicas"])
            database.WriteDurably(sql => sql.Execute(
                $"UPDATE {table} SET gateway = @gateway WHERE gateway = ''", ("gateway", this.gateway)));
    }

    /// <returns>False where the name is taken.</returns>
    public bool Add(ServiceRecord service) => database.WriteDurably(sql => sql.Execute($"""
        INSERT INTO services ({Columns}, gateway)
        VALUES (@name, @owner, @at, @spec, @creator, @terms, @gateway)
        ON CONFLICT (name) DO NOTHING
        """,
        ("name", service.Name), ("owner", service.Owner.ToString()), ("at", service.CreatedAt.Micros),
        ("spec", ProtocolWire.Encode(service.Spec)), ("creator", service.Creator.ToString()),
        ("terms", service.Terms.Text()), ("gateway", gateway))) == 1;

    public IReadOnlyList<ServiceRecord> List() => database.Read(sql => sql.List(
        $"SELECT {Columns} FROM services WHERE gateway = @gateway ORDER BY name", Read, ("gateway", gateway)));

    public void Change(string name, ServiceTerms terms) => database.WriteDurably(sql => sql.Execute(
        "UPDATE services SET terms = @terms WHERE name = @name AND gateway = @gateway",
        ("terms", terms.Text()), ("name", name), ("gateway", gateway)));

    /// <summary>The orders under way stay written down until they have ended.</summary>
    public void Remove(string name) => database.WriteDurably(sql => sql.Execute(
        "DELETE FROM services WHERE name = @name AND gateway = @gateway", ("name", name), ("gateway", gateway)));

    /// <summary>Before the order leaves: a life that ends in between knows of it.</summary>
    public void AddReplica(string service, OrderedReplica replica) => database.WriteDurably(sql => sql.Execute("""
        INSERT INTO service_replicas (task, service, order_bytes, gateway) VALUES (@task, @service, @order, @gateway)
        ON CONFLICT (task) DO NOTHING
        """,
        ("task", replica.Task.ToString()), ("service", service), ("order", ProtocolWire.Encode(replica.Order)),
        ("gateway", gateway)));

    public void RemoveReplica(TaskId task) => database.Write(sql => sql.Execute(
        "DELETE FROM service_replicas WHERE task = @task AND gateway = @gateway",
        ("task", task.ToString()), ("gateway", gateway)));

    public IReadOnlyList<OrderedReplica> Replicas(string service) => database.Read(sql => sql.List(
        "SELECT task, order_bytes FROM service_replicas WHERE service = @service AND gateway = @gateway ORDER BY task",
        ReadReplica, ("service", service), ("gateway", gateway)));

    /// <summary>Of services that were removed.</summary>
    public IReadOnlyList<OrderedReplica> Orphans() => database.Read(sql => sql.List("""
        SELECT task, order_bytes FROM service_replicas WHERE gateway = @gateway
            AND service NOT IN (SELECT name FROM services WHERE gateway = @gateway)
        """,
        ReadReplica, ("gateway", gateway)));

    private static OrderedReplica ReadReplica(DbDataReader row) => new(
        SqlValue.TaskId(row, 0), ProtocolWire.DecodeSignedOrder(SqlValue.Bytes(row, 1)));

    private static ServiceRecord Read(DbDataReader row) => new(
        row.GetString(0), SqlValue.Address(row, 1), SqlValue.Instant(row, 2),
        ProtocolWire.DecodeTaskSpec(SqlValue.Bytes(row, 3)), SqlValue.Address(row, 4),
        ServiceTerms.Read(row.GetString(5)));
}
