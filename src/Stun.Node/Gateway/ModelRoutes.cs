using Stun.Node.Serving;
using Stun.Node.Storage;

namespace Stun.Node.Gateway;

/// <summary>The models that this node knows: register, list, look at, remove.</summary>
internal sealed class ModelRoutes(DoorPlan plan, ModelRegistry registry, ModelDesk desk)
{
    private static readonly ApiParameter Digest =
        ApiParameter.Path("digest", "Of the model's manifest: sha256: and 64 hexadecimal digits.");

    public IEnumerable<ApiRoute> All() =>
    [
        new("POST", "/v1/registry/models", "registerModel",
            "Registers a model whose file was uploaded as a blob, with the program that runs it.", RegisterAsync)
        {
            Right = Right.TasksSubmit,
            Body = typeof(ModelForm),
            Answers =
            [
                ApiAnswer.Of<ModelView>(201, "It is registered; its digest is what a task names."),
                ApiAnswer.Of<ModelView>(200, "The same model was registered before."),
            ],
            Refusals = ["request.invalid", "blob.unknown", "model.no-runner", "model.too-many", "model.too-large"],
        },
        new("GET", "/v1/registry/models", "listModels", "The models that are registered here, by digest.", ListAsync)
        {
            Right = Right.MarketRead,
            Parameters =
            [
                ApiParameter.Query("owner", "string", "Only what this account has registered."),
                ApiParameter.Query("limit", "integer", "At most so many (1 to 200)."),
                ApiParameter.Query("cursor", "string", "From where the last page ended."),
            ],
            Answers = [ApiAnswer.Of<ModelPage>(200, "A page of models.")],
            Refusals = ["request.invalid"],
        },
        new("GET", "/v1/registry/models/{digest}", "getModel", "One model.", GetAsync)
        {
            Right = Right.MarketRead,
            Parameters = [Digest],
            Answers = [ApiAnswer.Of<ModelView>(200, "The model.")],
            Refusals = ["request.invalid", "model.unknown"],
        },
        new("DELETE", "/v1/registry/models/{digest}", "removeModel",
            "Forgets a model. What is under way goes on; its blobs go when nobody uses them any more.", RemoveAsync)
        {
            Right = Right.TasksSubmit,
            Parameters = [Digest],
            Answers = [new ApiAnswer(204, "It is no longer known.")],
            Refusals = ["request.invalid", "model.unknown", "auth.forbidden"],
        },
    ];

    private async Task RegisterAsync(ApiCall call)
    {
        var form = await JsonBody.ReadAsync(call.Request, ApiJson.Default.ModelForm, plan.Settings.BodyWithin)
            .ConfigureAwait(false);
        var manifest = desk.Read(form, call.Who.Account, SizeOf);
        if (ProtocolWire.Encode(manifest).Length > ModelManifest.BytesMax)
            throw new ApiException("model.too-large", "The words of its commands are too many.");
        if (registry.CountOf(call.Who.Account) >= ModelRegistry.PerOwnerMax)
            throw new ApiException("model.too-many",
                $"The account has registered {ModelRegistry.PerOwnerMax} models here.");
        var (model, isNew) = await registry.AddAsync(
            manifest, call.Who.Account, plan.Process.Pump.Now, call.Cancel).ConfigureAwait(false);
        await plan.Process.Pump.SettleAsync().ConfigureAwait(false);
        await call.AnswerAsync(ModelView.Of(model), ApiJson.Default.ModelView, isNew ? 201 : 200)
            .ConfigureAwait(false);
    }

    private Task ListAsync(ApiCall call)
    {
        var limit = (int)call.Number("limit", 50, 1, ModelRegistry.PageMax);
        Digest? after = call.Query("cursor") is { } cursor ? DigestOf("cursor", cursor) : null;
        var models = registry.List(call.AddressOf("owner"), after, limit + 1);
        var page = models.Take(limit).ToList();
        return call.AnswerAsync(
            new ModelPage([.. page.Select(ModelView.Of)], models.Count > limit ? $"sha256:{page[^1].Digest}" : null),
            ApiJson.Default.ModelPage);
    }

    private Task GetAsync(ApiCall call) =>
        call.AnswerAsync(ModelView.Of(Find(call)), ApiJson.Default.ModelView);

    private Task RemoveAsync(ApiCall call)
    {
        var model = Find(call);
        if (!call.Who.Sees(model.Owner))
            throw new ApiException("auth.forbidden", "Who has registered a model removes it.");
        registry.Remove(model.Digest);
        call.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private RegisteredModel Find(ApiCall call)
    {
        var digest = DigestOf("digest", call.Part("digest"));
        return registry.Find(digest)
            ?? throw new ApiException("model.unknown", $"No model sha256:{digest} is registered here.");
    }

    private long? SizeOf(Digest digest)
    {
        using var content = plan.Blobs.TryOpen(digest);
        return content?.Length;
    }

    private static Digest DigestOf(string path, string text)
    {
        var reader = new FormReader();
        var digest = reader.Digest(path, text);
        reader.ThrowIfRefused();
        return digest;
    }
}
