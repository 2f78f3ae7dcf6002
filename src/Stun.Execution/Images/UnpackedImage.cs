namespace Stun.Execution.Images;

/// <summary>An image that lies unpacked on this machine and is in use until it is disposed.</summary>
/// <param name="Digest">Of the manifest.</param>
/// <param name="Root">The root file system; shared by all containers of this image and never written.</param>
public sealed record UnpackedImage(Digest Digest, string Root, ImageConfig Config, Action Release) : IDisposable
{
    public void Dispose() => Release();
}

/// <summary>
/// What the image says about how it wants to be run. The user it names is ignored: tasks have one uid.
/// </summary>
public sealed record ImageConfig(
    ValueList<string> Entrypoint, ValueList<string> Command, ValueList<string> Environment, string WorkingDirectory);
