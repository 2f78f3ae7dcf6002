using Stun.Node.Configuration;

namespace Stun.Node.Operator.Responders;

/// <summary>Everything that contracts may ask this node for, by the names that its owner gave.</summary>
public sealed class ResponderBook : IDisposable
{
    private readonly Dictionary<string, IResponder> responders = new(StringComparer.Ordinal);

    /// <param name="tasks">Null where this node has no gateway: then it offers no containers.</param>
    public ResponderBook(OperatorSettings settings, NetworkTasks? tasks)
    {
        foreach (var name in settings.BuiltIn) AddBuiltIn(name, settings);
        foreach (var container in settings.Containers)
            foreach (var service in container.Services)
                responders[service] = new ContainerResponder(container, tasks
                    ?? throw new NodeException("operator.no-gateway",
                        $"The container '{container.Name}' is run by the network, and this node has no gateway.",
                        "Add the role gateway, or take operator.containers out."),
                    service.Length > container.Name.Length ? service[container.Name.Length..] : "/");
        foreach (var model in settings.Models) responders[model.Name] = new ChatResponder(model);
        responders["container-pull"] = new PullResponder(
            [.. settings.Containers.Span.ToArray().Select(each => $"{each.Name} ({each.Image})")]);
    }

    public IReadOnlyDictionary<string, IResponder> Responders => responders;

    public void Dispose()
    {
        foreach (var responder in responders.Values) (responder as IDisposable)?.Dispose();
    }

    private void AddBuiltIn(string name, OperatorSettings settings)
    {
        switch (name)
        {
            case "ping": responders[name] = new PingResponder(); break;
            case "echo": responders[name] = new EchoResponder(); break;
            case "util/http":
                var http = new HttpResponder(settings.Http);
                foreach (var form in (string[])["util/http", "util/http-get", "util/http-post"])
                    responders[form] = http;
                break;
            default: throw new InvariantException($"'{name}' is built in");
        }
    }
}
