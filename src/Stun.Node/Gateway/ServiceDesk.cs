using Stun.Node.Serving;

namespace Stun.Node.Gateway;

/// <summary>Makes a service of a form: every field checked, every fault named.</summary>
internal sealed class ServiceDesk(ModelDesk models)
{
    private const int NameMax = 63, PathMax = 256;

    private static readonly ServiceTerms Usual = new();

    public async Task<ServiceRecord> ReadAsync(ServiceForm form, Address owner, Instant now, CancellationToken cancel)
    {
        var reader = new FormReader();
        if (!IsName(form.Name)) reader.Refuse("name", $"must be 1 to {NameMax} small letters, digits and dashes");
        var work = WorkOf(reader, form);
        var command = OrderDesk.Texts(reader, "command", form.Command, 128, WireLimits.TextBytesMax);
        var resources = OrderDesk.ResourcesOf(reader, form.Resources ?? new ResourcesForm(), "resources");
        var policy = OrderDesk.PolicyOf(reader, form.Providers);
        var terms = TermsOf(reader, form);
        reader.ThrowIfRefused();
        var creator = Address.Zero;
        if (work is Work.ServedModel)
        {
            var manifest = await models.ManifestAsync(work, cancel).ConfigureAwait(false);
            if (manifest.Runner.Serve.Count == 0)
                throw new ApiException("model.not-served", "The model's manifest has no command to serve it with.");
            creator = manifest.Creator;
            if (form.Resources is null) resources = manifest.Needs;
        }
        var spec = new TaskSpec(work, command, [], [], resources, Privacy.None, new VerificationPolicy.None(),
            new Comparator.Bytes(), policy);
        return new ServiceRecord(form.Name!, owner, now, spec, creator, terms);
    }

    /// <summary>Reads how many replicas there are to be; what is left out stays as it is.</summary>
    public static ServiceTerms Change(ServiceTerms terms, ReplicasForm form)
    {
        var reader = new FormReader();
        terms = Replicas(reader, "", terms, form);
        reader.ThrowIfRefused();
        return terms;
    }

    private static ServiceTerms TermsOf(FormReader reader, ServiceForm form)
    {
        var isModel = form.Model is not null;
        var path = form.HealthPath ?? (isModel ? "/v1/models" : Usual.HealthPath);
        if (path.Length is 0 or > PathMax || path[0] != '/' || path.Any(sign => sign is <= ' ' or > '~'))
            reader.Refuse("health_path", $"must begin with '/' and have at most {PathMax} visible letters");
        var terms = Usual with
        {
            InFlightMax = Number(reader, "in_flight_max", form.InFlightMax, Usual.InFlightMax, 1,
                ServiceTerms.InFlightLimit),
            QueueMax = Number(reader, "queue_max", form.QueueMax, Usual.QueueMax, 0, ServiceTerms.QueueLimit),
            StartWithin = Time(reader, "start_within_seconds", form.StartWithinSeconds, Usual.StartWithin, 1, 3_600),
            IdleAfter = Time(reader, "idle_after_seconds", form.IdleAfterSeconds, Usual.IdleAfter, 1, 86_400),
            Life = Time(reader, "life_seconds", form.LifeSeconds, Usual.Life, 30, 86_400),
            HealthPath = path,
            PricePerHourMax = reader.Amount("price_per_hour_max", form.PricePerHourMax),
            IsShared = form.Shared ?? false,
            SpeaksOpenAi = form.Openai ?? isModel,
            Prices = new TokenPrices(
                Price(reader, "prices.per_request", form.Prices?.PerRequest),
                Price(reader, "prices.per_million_in", form.Prices?.PerMillionIn),
                Price(reader, "prices.per_million_out", form.Prices?.PerMillionOut)),
        };
        return Replicas(reader, "replicas.", terms, form.Replicas ?? new ReplicasForm(null, null));
    }

    private static ServiceTerms Replicas(FormReader reader, string place, ServiceTerms terms, ReplicasForm form)
    {
        var most = Number(reader, place + "max", form.Max, terms.ReplicasMax, 1, ServiceTerms.ReplicasLimit);
        var least = Number(reader, place + "min", form.Min, Math.Min(terms.ReplicasMin, most), 0, most);
        return terms with { ReplicasMin = least, ReplicasMax = most };
    }

    private static Work WorkOf(FormReader reader, ServiceForm form)
    {
        if (form.Image is null == form.Model is null) reader.Refuse("image", "give either an image or a model");
        if (form.Model is { } model)
        {
            if (form.Port is not null) reader.Refuse("port", "is the model's own");
            return new Work.ServedModel(reader.Digest("model", model));
        }
        var image = OrderDesk.ImageOf(reader, "image", form.Image);
        if (form.Port is null or 0) reader.Refuse("port", "is missing: where the program answers");
        return new Work.ServedImage(image.Digest, image.Source, form.Port ?? 0);
    }

    private static bool IsName(string? name) => name is { Length: >= 1 and <= NameMax }
        && name.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-')
        && name[0] != '-' && name[^1] != '-';

    private static Amount Price(FormReader reader, string path, string? text) =>
        text is null ? Amount.Zero : reader.Amount(path, text);

    private static Duration Time(
        FormReader reader, string path, int? seconds, Duration standard, int least, int most) =>
        Duration.Seconds(Number(reader, path, seconds, (int)(standard.Micros / 1_000_000), least, most));

    private static int Number(FormReader reader, string path, int? given, int standard, int least, int most)
    {
        if ((given ?? standard) is var value && value >= least && value <= most) return value;
        reader.Refuse(path, $"must be a whole number from {least} to {most}");
        return standard;
    }
}
