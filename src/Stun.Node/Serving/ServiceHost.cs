using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Stun.Node.Gateway;

namespace Stun.Node.Serving;

/// <summary>
/// The services of a node: programs that are kept running by replicas on other people's machines, and answer HTTP. For
/// whoever asks for models it is a host of those that speak the OpenAI API.
/// </summary>
public sealed class ServiceHost : IModelHost, IAsyncDisposable
{
    public const int PerOwnerMax = 100;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    // Never disposed: who waits on it may look at it after the end, and it holds nothing.
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, ReplicaFleet> fleets = new(StringComparer.Ordinal);
    private readonly FleetTools tools;
    private Task orphans = Task.CompletedTask;

    internal ServiceHost(FleetTools tools) => this.tools = tools;

    /// <summary>Goes on with what earlier lives have ordered.</summary>
    public void Start()
    {
        orphans = CallOffAsync([.. tools.Book.Orphans()]);
        foreach (var service in tools.Book.List()) Open(service, tools.Book.Replicas(service.Name));
    }

    /// <exception cref="ApiException">The name is taken, or the owner may not have more.</exception>
    public void Add(ServiceRecord service)
    {
        // Whoever asks for that model would send what is meant for somebody else.
        if (tools.IsOutside(service.Name))
            throw new ApiException("service.name-taken", $"A model outside of the network is '{service.Name}' here.");
        if (!tools.Orders.HasWallet(service.Owner))
            throw new ApiException("service.no-wallet",
                $"This node keeps no key of {service.Owner}, and replicas are ordered in its name.");
        if (fleets.Values.Count(fleet => fleet.Service.Owner == service.Owner) >= PerOwnerMax)
            throw new ApiException("service.too-many", $"The account has {PerOwnerMax} services here.");
        if (tools.Orders.Check(service) is { } refusal)
            throw new ApiException(ErrorBook.CodeOf(refusal), $"No replica of it would be taken: {refusal}.");
        // A removed one may still be ending its replicas under this name.
        if (fleets.ContainsKey(service.Name) || !tools.Book.Add(service))
            throw new ApiException("service.name-taken", $"There is a service '{service.Name}' here already.");
        Open(service, []);
    }

    /// <summary>All that this caller may see.</summary>
    internal IReadOnlyList<ReplicaFleet> List(Func<Address, bool> sees) =>
        [.. Present().Where(fleet => sees(fleet.Service.Owner))];

    internal ReplicaFleet? Find(string name) =>
        fleets.TryGetValue(name, out var fleet) && !fleet.IsGone && fleet.Service.Terms.ReplicasMax > 0 ? fleet : null;

    /// <returns>False where it was removed meanwhile.</returns>
    internal bool Change(ReplicaFleet fleet, ServiceTerms terms)
    {
        if (!fleet.Change(terms)) return false;
        tools.Book.Change(fleet.Service.Name, terms);
        return true;
    }

    internal void Remove(ReplicaFleet fleet)
    {
        tools.Book.Remove(fleet.Service.Name);
        fleet.Remove();
    }

    internal Address? ProviderOf(Replica replica) => tools.Orders.ProviderOf(replica.Task);

    public IReadOnlyList<ServedModel> ModelsFor(Address account) =>
        [.. Present().Where(fleet => IsModelFor(fleet, account)).Select(fleet => ModelOf(fleet.Service, account))];

    public IModelRoute? Find(string model, Address account) =>
        Find(model) is { } fleet && IsModelFor(fleet, account) ? new Route(this, fleet, account) : null;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await orphans.ConfigureAwait(false);
        foreach (var fleet in fleets.Values) await fleet.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>They stay in the book until their cancellation was taken: nobody else knows of them.</summary>
    private async Task CallOffAsync(List<OrderedReplica> left)
    {
        while (true)
        {
            foreach (var orphan in left.Where(tools.Orders.Cancel).ToList())
            {
                tools.Book.RemoveReplica(orphan.Task);
                left.Remove(orphan);
            }
            if (left.Count == 0) return;
            try
            {
                await Task.Delay(AgainAfter, tools.Clock, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Open(ServiceRecord service, IReadOnlyList<OrderedReplica> earlier)
    {
        var fleet = new ReplicaFleet(service, tools)
        {
            Gone = gone => fleets.TryRemove(KeyValuePair.Create(service.Name, gone)),
        };
        fleets[service.Name] = fleet;
        fleet.Start(earlier);
    }

    private IEnumerable<ReplicaFleet> Present() => fleets
        .OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value).Where(fleet => !fleet.IsGone);

    /// <summary>One that is older than the outside model of its name is a service still, and no model any more: not
    /// even for those to whom the other is closed.</summary>
    private bool IsModelFor(ReplicaFleet fleet, Address account) =>
        fleet.Service.Terms is { SpeaksOpenAi: true, ReplicasMax: > 0 } terms
        && (terms.IsShared || fleet.Service.Owner == account) && !tools.IsOutside(fleet.Service.Name);

    /// <summary>Its owner pays for the replicas, and for nothing else.</summary>
    private static ServedModel ModelOf(ServiceRecord service, Address account) => new(
        service.Name, service.Owner.ToString(), service.Owner, service.CreatedAt,
        service.Owner == account ? TokenPrices.Free : service.Terms.Prices);

    private sealed class Route(ServiceHost host, ReplicaFleet fleet, Address account) : IModelRoute
    {
        public ServedModel Model => ModelOf(fleet.Service, account);

        /// <summary>Also for replicas that are not there yet: calls are what brings them.</summary>
        public int Room
        {
            get
            {
                var (terms, load) = (fleet.Service.Terms, fleet.Seats.Load);
                return Math.Max(0, terms.ReplicasMax * terms.InFlightMax - load.InFlight - load.Queued);
            }
        }

        public async Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancel)
        {
            var (response, seat) = await fleet.Calls.SendAsync(() =>
            {
                var request = ReplicaCalls.Request(HttpMethod.Post, question.Path);
                request.Content = new ReadOnlyMemoryContent(question.Body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return request;
            }, cancel).ConfigureAwait(false);
            try
            {
                var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
                var by = host.ProviderOf(seat.Replica)?.ToString() ?? "";
                return new ModelAnswer(
                    (int)response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", body,
                    new ServedBy(by, seat.Replica.Task, "none"), new Held(response, seat))
                {
                    Length = response.Content.Headers.ContentLength,
                    RetryAfter = response.Headers.RetryAfter?.Delta,
                };
            }
            catch
            {
                response.Dispose();
                seat.Dispose();
                throw;
            }
        }
    }

    private sealed class Held(HttpResponseMessage response, SeatTable.Seat seat) : IDisposable
    {
        public void Dispose()
        {
            response.Dispose();
            seat.Dispose();
        }
    }
}
