using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Stun.Tee;
using Stun.Tee.Software;

namespace Stun.Node.Secrets;

/// <summary>
/// A TEE in software for a network on one machine: the whole path of a secret task runs, and nothing is hidden. Its
/// root is born with it, so nobody else's network believes it, and a later life of this one neither.
/// </summary>
public sealed class PretendedTee : IDisposable
{
    private readonly SoftwareTeeRoot root;
    private readonly SoftwareTee tee;

    private PretendedTee(DateTimeOffset now)
    {
        root = new SoftwareTeeRoot(now);
        tee = root.Issue(Measurement, now);
        Ground = TeeGround.Plain with { Source = tee, Roots = TrustRoots.Pinned.WithSoftware(root.Certificate) };
    }

    public TeeGround Ground { get; }

    public static PretendedTee Make(DateTimeOffset now) => new(now);

    /// <summary>Changes with every build, as that of a real one does.</summary>
    private static byte[] Measurement => SHA256.HashData(
        Encoding.UTF8.GetBytes($"stun software tee {typeof(PretendedTee).Module.ModuleVersionId}"));

    /// <summary>Lays down what a requester needs to try it: whom to believe, and what to ask.</summary>
    /// <returns>The paths of root and policy.</returns>
    public (string Root, string Policy) Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var (rootFile, policyFile) = (Path.Combine(folder, "root.der"), Path.Combine(folder, "policy.json"));
        File.WriteAllBytes(rootFile, root.Certificate.ToArray());
        var policy = new JsonObject
        {
            ["kinds"] = new JsonArray("software"),
            ["development"] = true,
            ["measurements"] = new JsonArray(
                new JsonObject { ["measurement"] = Convert.ToHexStringLower(Measurement) }),
        };
        File.WriteAllText(policyFile, policy.ToJsonString() + "\n");
        return (rootFile, policyFile);
    }

    public void Dispose()
    {
        tee.Dispose();
        root.Dispose();
    }
}
