using Stun.Node.Serving;

namespace Stun.Node.Gateway;

/// <summary>A service as the API takes it: an image or a model, and how it is kept running.</summary>
public sealed record ServiceForm
{
    /// <summary>1 to 63 small letters, digits and dashes: also the name of the model that it serves.</summary>
    public string? Name { get; init; }
    public string? Image { get; init; }

    /// <summary>A registered model with a command to serve it, instead of an image.</summary>
    public string? Model { get; init; }

    /// <summary>Of the image; follows the model's own command.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Where the image's program answers HTTP; it is told as STUN_PORT, too.</summary>
    public ushort? Port { get; init; }
    public ResourcesForm? Resources { get; init; }
    public ChoiceForm? Providers { get; init; }
    public ReplicasForm? Replicas { get; init; }
    public int? InFlightMax { get; init; }
    public int? QueueMax { get; init; }
    public int? StartWithinSeconds { get; init; }
    public int? IdleAfterSeconds { get; init; }
    public int? LifeSeconds { get; init; }
    public string? HealthPath { get; init; }

    /// <summary>The most that all replicas together cost in an hour, in the smallest unit, as decimal digits.</summary>
    public string? PricePerHourMax { get; init; }
    public bool? Shared { get; init; }
    public PricesForm? Prices { get; init; }

    /// <summary>Whether it answers the OpenAI API; models do unless told otherwise.</summary>
    public bool? Openai { get; init; }
}

/// <param name="Min">0 for a service that may sleep.</param>
public sealed record ReplicasForm(int? Min, int? Max);

/// <summary>What others pay, in the smallest unit, as decimal digits.</summary>
public sealed record PricesForm(string? PerRequest, string? PerMillionIn, string? PerMillionOut);

/// <param name="Wanted">Replicas that it should have now.</param>
/// <param name="Queued">Calls that wait for a replica.</param>
/// <param name="LastFault">Why the last replica that failed did.</param>
public sealed record ServiceView(
    string Name, string Owner, DateTimeOffset CreatedAt, string Work, IReadOnlyList<string> Command,
    ResourcesForm Resources, ReplicasForm Replicas, int InFlightMax, int QueueMax, long StartWithinSeconds,
    long IdleAfterSeconds, long LifeSeconds, string HealthPath, string PricePerHourMax, bool Shared, PricesForm Prices,
    bool Openai, int Wanted, int InFlight, int Queued, IReadOnlyList<ReplicaView> Running, string? LastFault)
{
    internal static ServiceView Of(ReplicaFleet fleet, ServiceHost host)
    {
        var (service, terms) = (fleet.Service, fleet.Service.Terms);
        var (inFlight, queued) = fleet.Seats.Load;
        return new ServiceView(
            service.Name, service.Owner.ToString(), WallTime.Time(service.CreatedAt), WorkOf(service.Spec.Work),
            [.. service.Spec.Command], ModelView.NeedsOf(service.Spec.Resources),
            new ReplicasForm(terms.ReplicasMin, terms.ReplicasMax), terms.InFlightMax, terms.QueueMax,
            Seconds(terms.StartWithin), Seconds(terms.IdleAfter), Seconds(terms.Life), terms.HealthPath,
            terms.PricePerHourMax.ToString(), terms.IsShared,
            new PricesForm(terms.Prices.PerRequest.ToString(), terms.Prices.PerMillionIn.ToString(),
                terms.Prices.PerMillionOut.ToString()),
            terms.SpeaksOpenAi, fleet.Wanted, inFlight, queued,
            [.. fleet.Replicas.Select(replica => new ReplicaView(
                replica.Task.ToString(), replica.State.ToString().ToLowerInvariant(),
                host.ProviderOf(replica)?.ToString(), WallTime.Time(replica.OrderedAt), replica.InFlight))],
            fleet.LastFault);
    }

    private static long Seconds(Duration time) => time.Micros / 1_000_000;

    private static string WorkOf(Work work) => work switch
    {
        Work.ServedImage { Source.Length: 0 } image => $"sha256:{image.Digest}",
        Work.ServedImage image => $"{image.Source}@sha256:{image.Digest}",
        Work.ServedModel model => $"model sha256:{model.Digest}",
        _ => "",
    };
}

/// <param name="State">starting, ready, draining or ending.</param>
/// <param name="Provider">Missing while no attempt runs.</param>
public sealed record ReplicaView(
    string Task, string State, string? Provider, DateTimeOffset OrderedAt, int InFlight);

public sealed record ServiceList(IReadOnlyList<ServiceView> Services);
