namespace Stun.Protocol;

/// <summary>
/// A model: its file, who made it, and the program that runs it. The digest of a model is the SHA-256 of this record's
/// canonical form: the same model has one name, in whatever language somebody writes it down, and an order signs all of
/// it by that name.
/// </summary>
/// <param name="File">Its name is what people call it; a container always finds it at <see cref="FilePath"/>.</param>
/// <param name="Creator">Who gets the creator's share of each task that runs it; zero for nobody.</param>
/// <param name="Needs">What a run of it needs; an order may ask for more.</param>
[Wire]
public sealed record ModelManifest(
    [property: AtMost(128)] string Name,
    ModelFormat Format,
    BlobRef File,
    Address Creator,
    ModelRunner Runner,
    Resources Needs)
{
    /// <summary>Where a container finds the file, whatever it is called elsewhere.</summary>
    public const string FilePath = "/in/" + FileName;

    public const string FileName = "model";

    /// <summary>Larger ones are refused unread: with all its words full, an honest one is below.</summary>
    public const int BytesMax = 256 << 10;
}

/// <summary>The program that runs a model: an image, and how it is called.</summary>
/// <param name="Run">Reads the inputs of a task and writes its outputs; the command of an order follows it.</param>
/// <param name="Serve">Answers HTTP on the port; none where the model is not to be served.</param>
/// <param name="Port">Inside the container.</param>
/// <param name="RunTimeMax">
/// The longest that a run takes, where an order does not say it: the shorter it is, the sooner is paid, for a result
/// can be disputed as long as others may need to run it. Zero where that is not known.
/// </param>
public sealed record ModelRunner(
    Digest Image,
    [property: AtMost(512)] string Source,
    [property: AtMost(128)] ValueList<string> Run,
    [property: AtMost(128)] ValueList<string> Serve,
    ushort Port,
    Duration RunTimeMax);

/// <summary>What the file of a model is. The network hands it on and only the runner reads it.</summary>
public enum ModelFormat : byte
{
    Other,
    Pth,
    Torchscript,
    Onnx,
    Gguf,
}
