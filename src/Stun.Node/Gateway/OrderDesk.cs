using System.Globalization;

using Stun.Node.Secrets;

namespace Stun.Node.Gateway;

/// <summary>Makes an order of a form: every field checked, every fault named.</summary>
public static class OrderDesk
{
    private static readonly Duration RunTimeUsual = Duration.Seconds(600);
    private static readonly Duration DeadlineUsual = Duration.Seconds(86_400);

    /// <summary>For a machine of a tenth of a unit a second this is a day: enough for a first try, no
    /// fortune.</summary>
    private static readonly Amount PriceUsual = new(1_000_000);

    public static TaskOrder Read(TaskForm form, Address requester, ulong idempotencyKey, Instant now)
    {
        var reader = new FormReader();
        var spec = new TaskSpec(
            WorkOf(reader, form), CommandOf(reader, form), InputsOf(reader, form), OutputsOf(reader, form),
            ResourcesOf(reader, form.Resources ?? new ResourcesForm(), "resources"),
            reader.Choice("privacy", form.Privacy, Privacy.None),
            VerificationOf(reader, form.Verification), ComparatorOf(reader, form.Comparator),
            PolicyOf(reader, form.Providers));
        CheckSeal(reader, spec);
        var runTime = form.RunTimeMaxSeconds is { } seconds ? Duration.Seconds(seconds) : RunTimeUsual;
        var deadline = form.Deadline is { } at ? WallTime.At(at) : now + DeadlineUsual;
        var price = form.PriceLimit is { } limit ? reader.Amount("price_limit", limit) : PriceUsual;
        var creator = form.ModelCreator is { } who ? reader.Address("model_creator", who) : Address.Zero;
        var home = reader.Named("home", form.Home, Region.Anywhere, Region.Parse);
        var priority = reader.Choice("priority", form.Priority, Priority.Normal);
        reader.ThrowIfRefused();
        return new TaskOrder(
            requester, idempotencyKey, spec, runTime, price, deadline, priority, creator, home);
    }

    private static Work WorkOf(FormReader reader, TaskForm form)
    {
        string?[] given = [form.Image, form.Model, form.Proof, form.Attestation];
        if (given.Count(one => one is not null) != 1)
            reader.Refuse("image",
                "give an image, a model, the statement of a proof or the challenge of an attestation: one of them");
        if (form.Model is { } model) return new Work.Model(reader.Digest("model", model));
        if (form.Proof is { } statement) return new Work.Proof(reader.Digest("proof", statement));
        if (form.Attestation is { } challenge) return new Work.Attestation(reader.Digest("attestation", challenge));
        return ImageOf(reader, "image", form.Image);
    }

    /// <summary>What one provider alone can read, nobody can run again to compare.</summary>
    private static void CheckSeal(FormReader reader, TaskSpec spec)
    {
        if (spec.Seal.IsZero && spec.Work is not Work.Attestation) return;
        if (spec.Verification is not (VerificationPolicy.None or VerificationPolicy.TeeQuote))
            reader.Refuse("verification.kind",
                "must be tee or none here: what is sealed to one provider cannot be run by another");
        if (spec.Resources.Nodes != 1) reader.Refuse("resources.nodes", "must be 1 where inputs are sealed");
        if (spec.Work is Work.Proof) reader.Refuse("proof", "takes no sealed inputs");
        if (!spec.Seal.IsZero && !SealedMemory.IsEnough(spec.Resources))
            reader.Refuse("resources.memory_mib",
                $"must be {SealedMemory.MiBMin(spec.Resources)} or more, and the disk 1 or more: what is sealed lies "
                + $"in memory, so the disk counts {SealedMemory.Spaces} times");
        if (spec.Work is Work.Attestation && spec.Verification is not VerificationPolicy.None)
            reader.Refuse("verification.kind", "must be none: whoever asks judges the answer");
    }

    internal static Work.Image ImageOf(FormReader reader, string path, string? image)
    {
        var text = image ?? "";
        var at = text.LastIndexOf('@');
        var source = at < 0 ? "" : text[..at];
        if (source.Length > 512) reader.Refuse(path, "its source has more than 512 characters");
        if (at < 0 && text.Contains('/', StringComparison.Ordinal))
            reader.Refuse(path, "a tag can change; end it with @sha256: and the digest");
        return new Work.Image(reader.Digest(path, text[(at + 1)..]), source);
    }

    private static ValueList<string> CommandOf(FormReader reader, TaskForm form) =>
        Texts(reader, "command", form.Command, 256, WireLimits.TextBytesMax);

    private static ValueList<string> OutputsOf(FormReader reader, TaskForm form) =>
        Texts(reader, "outputs", form.Outputs, 64, WireLimits.TextBytesMax);

    internal static ValueList<string> Texts(
        FormReader reader, string path, IReadOnlyList<string>? texts, int countMax, int bytesMax)
    {
        if (texts is null) return [];
        if (texts.Count > countMax) reader.Refuse(path, $"more than {countMax} entries");
        for (var index = 0; index < Math.Min(texts.Count, countMax); index++)
        {
            if (texts[index] is null) reader.Refuse($"{path}[{index}]", "is null");
            else if (System.Text.Encoding.UTF8.GetByteCount(texts[index]) > bytesMax)
                reader.Refuse($"{path}[{index}]", $"longer than {bytesMax} bytes");
            else if (texts[index].Contains('\0', StringComparison.Ordinal))
                reader.Refuse($"{path}[{index}]", "holds a zero character");
        }
        return reader.Faults.Count > 0 ? [] : [.. texts];
    }

    private static ValueList<BlobRef> InputsOf(FormReader reader, TaskForm form)
    {
        if (form.Inputs is not { Count: > 0 } inputs) return [];
        if (inputs.Count > 256) reader.Refuse("inputs", "more than 256 entries");
        List<BlobRef> blobs = [];
        foreach (var input in inputs.Take(256))
        {
            var path = $"inputs[{blobs.Count}]";
            if (string.IsNullOrEmpty(input?.Name)) reader.Refuse($"{path}.name", "is missing");
            if (input?.Size is null) reader.Refuse($"{path}.size", "is missing");
            blobs.Add(new BlobRef(
                reader.Digest($"{path}.digest", input?.Digest), input?.Size ?? 0, input?.Name ?? ""));
        }
        return ValueList.From(blobs);
    }

    internal static Resources ResourcesOf(FormReader reader, ResourcesForm form, string path)
    {
        List<Region> regions = [];
        foreach (var region in (form.Regions ?? []).Take(32))
            regions.Add(reader.Named($"{path}.regions[{regions.Count}]", region, Region.Anywhere, Region.Parse));
        if (form.Regions is { Count: > 32 }) reader.Refuse($"{path}.regions", "more than 32 entries");
        return new Resources(
            form.GpuCount ?? 0,
            reader.Named($"{path}.gpu_model", form.GpuModel, GpuModel.Any, GpuModel.Parse),
            form.GpuMemoryMib ?? 0,
            CapabilityOf(reader, form.ComputeCapability, path),
            form.CpuMillis ?? 1_000,
            form.MemoryMib ?? 512,
            form.DiskMib ?? 256,
            ValueList.From(regions),
            form.Nodes ?? 1);
    }

    private static ushort CapabilityOf(FormReader reader, string? text, string path)
    {
        if (text is null) return 0;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is >= 0 and < 100 && value * 10 == decimal.Truncate(value * 10)) return (ushort)(value * 10);
        reader.Refuse($"{path}.compute_capability", "must be written like 8.0");
        return 0;
    }

    private static VerificationPolicy VerificationOf(FormReader reader, VerificationForm? form)
    {
        switch (form?.Kind)
        {
            case null or "redundant": return new VerificationPolicy.Redundant(form?.Agreeing ?? 2, form?.Attempts ?? 3);
            case "none": return new VerificationPolicy.None();
            case "audit": return new VerificationPolicy.SampledAudit(form.RatePpm ?? 50_000);
            case "zk":
                return new VerificationPolicy.ZkProof(reader.Digest("verification.circuit", form.Circuit));
            case "tee":
                return new VerificationPolicy.TeeQuote(reader.Digest("verification.policy", form.Policy));
            default:
                reader.Refuse("verification.kind", "must be one of none, audit, redundant, zk, tee");
                return new VerificationPolicy.None();
        }
    }

    private static Comparator ComparatorOf(FormReader reader, ComparatorForm? form)
    {
        switch (form?.Kind)
        {
            case null or "bytes": return new Comparator.Bytes();
            case "json": return new Comparator.Json();
            case "numeric":
                return new Comparator.NumericTolerance(
                    form.AbsoluteUnits ?? 0, form.AbsoluteExponent ?? 0, form.RelativePpb ?? 0);
            case "histogram": return new Comparator.Histogram(form.DistancePpm ?? 0);
            default:
                reader.Refuse("comparator.kind", "must be one of bytes, json, numeric, histogram");
                return new Comparator.Bytes();
        }
    }

    internal static RequesterPolicy PolicyOf(FormReader reader, ChoiceForm? form)
    {
        if (form is null) return RequesterPolicy.Open;
        if (form.ReputationPpmMin > 1_000_000) reader.Refuse("providers.reputation_ppm_min", "more than 1000000");
        return new RequesterPolicy(
            form.ReputationPpmMin ?? 0,
            form.StakeMin is { } stake ? reader.Amount("providers.stake_min", stake) : Amount.Zero,
            Addresses(reader, "providers.allowed", form.Allowed),
            Addresses(reader, "providers.denied", form.Denied));
    }

    private static ValueList<Address> Addresses(FormReader reader, string path, IReadOnlyList<string>? texts)
    {
        if (texts is null) return [];
        if (texts.Count > 256) reader.Refuse(path, "more than 256 entries");
        List<Address> addresses = [];
        foreach (var text in texts.Take(256)) addresses.Add(reader.Address($"{path}[{addresses.Count}]", text));
        return ValueList.From(addresses);
    }
}
