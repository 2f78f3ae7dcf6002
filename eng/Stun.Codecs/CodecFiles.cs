using Microsoft.CodeAnalysis;

namespace Stun.Codecs;

/// <summary>Which codec classes there are and where they lie.</summary>
public static class CodecFiles
{
    public const string ProtocolPath = "src/Stun.Protocol/Generated/ProtocolWire.g.cs";
    public const string EnginePath = "src/Stun.Engine/Generated/EngineWire.g.cs";

    public static IReadOnlyList<(string Path, string Text)> From(Compilation sources)
    {
        var protocol = new WireModel(sources, "Stun.Protocol");
        var engine = new WireModel(sources, "Stun.Engine");
        return
        [
            (ProtocolPath, new CodecText("Stun.Protocol", "ProtocolWire", protocol, null).Write()),
            (EnginePath, new CodecText("Stun.Engine", "EngineWire", engine, (protocol, "ProtocolWire")).Write()),
        ];
    }
}
