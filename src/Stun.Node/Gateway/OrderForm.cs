using System.Globalization;

namespace Stun.Node.Gateway;

/// <summary>An order as the form that makes it again: the inverse of <see cref="OrderDesk"/>.</summary>
public static class OrderForm
{
    public static TaskForm Of(TaskOrder order)
    {
        var spec = order.Spec;
        var (image, model, proof, attestation) = WorkOf(spec.Work);
        return new TaskForm
        {
            Image = image,
            Model = model,
            Proof = proof,
            Command = [.. spec.Command.Span.ToArray()],
            Inputs = [.. spec.Inputs.Span.ToArray()
                .Select(input => new InputForm(input.Name, $"sha256:{input.Digest}", input.Size))],
            Outputs = [.. spec.Outputs.Span.ToArray()],
            Resources = ResourcesOf(spec.Resources),
            Verification = VerificationOf(spec.Verification),
            Comparator = ComparatorOf(spec.Comparator),
            Providers = ChoiceOf(spec.Policy),
            Privacy = Name(spec.Privacy),
            RunTimeMaxSeconds = order.RunTimeMax.Micros / 1_000_000,
            PriceLimit = order.PriceLimit.ToString(),
            Deadline = WallTime.Time(order.Deadline),
            Priority = Name(order.Priority),
            ModelCreator = order.ModelCreator == Address.Zero ? null : order.ModelCreator.ToString(),
            Home = order.Home == Region.Anywhere ? null : order.Home.ToString(),
        };
    }

    /// <summary>What a service keeps running is shown as what it is made of.</summary>
    private static (string? Image, string? Model, string? Proof, string? Attestation) WorkOf(Work work) => work switch
    {
        Work.Image image => (ImageOf(image.Digest, image.Source), null, null, null),
        Work.ServedImage image => (ImageOf(image.Digest, image.Source), null, null, null),
        Work.Model model => (null, $"sha256:{model.Digest}", null, null),
        Work.ServedModel model => (null, $"sha256:{model.Digest}", null, null),
        Work.Proof proof => (null, null, $"sha256:{proof.Statement}", null),
        Work.Attestation attestation => (null, null, null, $"sha256:{attestation.Challenge}"),
        _ => throw new InvariantException("every kind of work has a form"),
    };

    private static string ImageOf(Digest digest, string source) =>
        source.Length == 0 ? $"sha256:{digest}" : $"{source}@sha256:{digest}";

    private static ResourcesForm ResourcesOf(Resources needs) => new()
    {
        GpuCount = needs.GpuCount,
        GpuModel = needs.GpuModel == GpuModel.Any ? null : needs.GpuModel.ToString(),
        GpuMemoryMib = needs.GpuMemoryMiB,
        ComputeCapability = needs.ComputeCapability == 0 ? null : (needs.ComputeCapability / 10m)
            .ToString("0.0", CultureInfo.InvariantCulture),
        CpuMillis = needs.CpuMillis,
        MemoryMib = needs.MemoryMiB,
        DiskMib = needs.DiskMiB,
        Regions = [.. needs.Regions.Span.ToArray().Select(region => region.ToString())],
        Nodes = needs.Nodes,
    };

    public static ChoiceForm ChoiceOf(RequesterPolicy policy) => new()
    {
        ReputationPpmMin = policy.ReputationPpmMin,
        StakeMin = policy.StakeMin.ToString(),
        Allowed = [.. policy.ProvidersAllowed.Span.ToArray().Select(each => each.ToString())],
        Denied = [.. policy.ProvidersDenied.Span.ToArray().Select(each => each.ToString())],
    };

    public static VerificationForm VerificationOf(VerificationPolicy policy) => policy switch
    {
        VerificationPolicy.None => new VerificationForm { Kind = "none" },
        VerificationPolicy.SampledAudit audit => new VerificationForm { Kind = "audit", RatePpm = audit.RatePpmMin },
        VerificationPolicy.Redundant redundant => new VerificationForm
        {
            Kind = "redundant",
            Agreeing = redundant.Agreeing,
            Attempts = redundant.Attempts,
        },
        VerificationPolicy.ZkProof proof => new VerificationForm { Kind = "zk", Circuit = $"sha256:{proof.Circuit}" },
        VerificationPolicy.TeeQuote quote => new VerificationForm
        {
            Kind = "tee",
            Policy = $"sha256:{quote.Policy}",
        },
        _ => throw new InvariantException("every way to verify has a form"),
    };

    private static ComparatorForm ComparatorOf(Comparator comparator) => comparator switch
    {
        Comparator.Bytes => new ComparatorForm { Kind = "bytes" },
        Comparator.Json => new ComparatorForm { Kind = "json" },
        Comparator.NumericTolerance numeric => new ComparatorForm
        {
            Kind = "numeric",
            AbsoluteUnits = numeric.AbsoluteUnits,
            AbsoluteExponent = numeric.AbsoluteExponent,
            RelativePpb = numeric.RelativePpb,
        },
        Comparator.Histogram near => new ComparatorForm { Kind = "histogram", DistancePpm = near.DistancePpm },
        _ => throw new InvariantException("every comparator has a form"),
    };

    private static string Name(Enum value) => value.ToString().ToLowerInvariant();
}

/// <summary>What a task was ordered with.</summary>
/// <param name="Kind">image or model; served-image and served-model are replicas of a service.</param>
/// <param name="Order">As it would be handed in again.</param>
public sealed record TaskOrderView(string Task, string Requester, string Kind, TaskForm Order);
