using System.Text.Json;
using Stun.Node.Gateway;
using Stun.Node.Serving;

namespace Stun.Node.Doors.OpenAi;

/// <summary>The endpoints of OpenAI's API that this node has. They are described by its specification.</summary>
internal sealed class OpenAiRoutes(DoorPlan plan, QuestionDesk desk)
{
    public IEnumerable<ApiRoute> All() =>
    [
        Route("GET", "/v1/models", "listModels", "Which models there are.", Right.MarketRead, ListAsync),
        Route("GET", "/v1/models/{**model}", "getModel", "One model.", Right.MarketRead, GetAsync),
        Ask(QuestionKind.Chat, "createChatCompletion", "Goes on with a conversation."),
        Ask(QuestionKind.Completion, "createCompletion", "Goes on with a text."),
        Ask(QuestionKind.Embedding, "createEmbedding", "Turns texts into vectors."),
        Ask(QuestionKind.Response, "createResponse", "Answers, with tools and without."),
    ];

    internal static ApiRoute Route(
        string method, string path, string name, string summary, Right right, Func<ApiCall, Task> handler) =>
        new(method, path, name, summary, handler) { Right = right, IsStream = true, Form = OpenAiRefusal.Form };

    private ApiRoute Ask(QuestionKind kind, string name, string summary) =>
        Route("POST", kind.Path, name, summary, Right.TasksSubmit, call => desk.AskAsync(call, kind));

    private Task ListAsync(ApiCall call)
    {
        var account = call.Who.Account;
        HashSet<string> seen = new(StringComparer.Ordinal);
        var models = plan.Models.SelectMany(host => host.ModelsFor(account)).Where(model => seen.Add(model.Id))
            .OrderBy(model => model.Id, StringComparer.Ordinal).ToList();
        return OpenAiJson.AnswerAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var model in models) Write(json, model);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private Task GetAsync(ApiCall call)
    {
        // Routing leaves an escaped slash as it is.
        var model = desk.Find(Uri.UnescapeDataString(call.Part("model")), call.Who.Account).Model;
        return OpenAiJson.AnswerAsync(call, json => Write(json, model));
    }

    private static void Write(Utf8JsonWriter json, ServedModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Id);
        json.WriteString("object", "model");
        json.WriteNumber("created", OpenAiJson.Seconds(model.Created));
        json.WriteString("owned_by", model.OwnedBy);
        json.WriteStartObject("stun");
        json.WriteString("owner", model.Owner.ToString());
        json.WriteString("price_per_request", model.Prices.PerRequest.ToString());
        json.WriteString("price_per_million_in", model.Prices.PerMillionIn.ToString());
        json.WriteString("price_per_million_out", model.Prices.PerMillionOut.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
