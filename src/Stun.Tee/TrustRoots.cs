using System.Security.Cryptography;
using Stun.Tee.Amd;
using Stun.Tee.Arm;
using Stun.Tee.Certificates;
using Stun.Tee.Intel;

namespace Stun.Tee;

/// <summary>
/// Whom evidence is believed for: roots of the makers, pinned by the digests that stand here, and keys that were
/// registered. A test, and a network for trying out, make their own.
/// </summary>
public sealed class TrustRoots
{
    private static readonly Lazy<TrustRoots> Makers = new(Load);

    /// <summary>The makers' roots, and no registered keys.</summary>
    public static TrustRoots Pinned => Makers.Value;

    internal IReadOnlyList<Certificate> Intel { get; init; } = [];

    /// <summary>Which enclaves may quote, whatever collateral says of them.</summary>
    internal IReadOnlyList<QuotingEnclave> QuotingEnclaves { get; init; } = QuotingEnclave.Known;

    /// <summary>By product.</summary>
    internal IReadOnlyList<AmdRoot> Amd { get; init; } = [];

    internal IReadOnlyList<Certificate> Nvidia { get; init; } = [];

    /// <summary>Of software that does as if. None unless a policy for development brings one.</summary>
    internal IReadOnlyList<Certificate> Software { get; init; } = [];

    public ArmKeyRegistry ArmKeys { get; init; } = ArmKeyRegistry.Empty;

    /// <summary>The same with keys of ARM platforms.</summary>
    public TrustRoots With(ArmKeyRegistry keys) => Copy(keys, Software);

    /// <summary>The same with the root of a software TEE, as certificate.</summary>
    public TrustRoots WithSoftware(ReadOnlyMemory<byte> root) => Copy(ArmKeys, [Certificate.Parse(root)]);

    private TrustRoots Copy(ArmKeyRegistry keys, IReadOnlyList<Certificate> software) => new()
    {
        Intel = Intel,
        QuotingEnclaves = QuotingEnclaves,
        Amd = Amd,
        Nvidia = Nvidia,
        Software = software,
        ArmKeys = keys,
    };

    private static TrustRoots Load() => new()
    {
        Intel = [Read("intel-sgx-root", "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3")],
        Amd =
        [
            new AmdRoot(AmdProduct.Milan,
                Read("amd-ark-milan", "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd"),
                Read("amd-ask-milan", "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b"),
                Read("amd-asvk-milan", "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5")),
            new AmdRoot(AmdProduct.Genoa,
                Read("amd-ark-genoa", "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1"),
                Read("amd-ask-genoa", "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521"),
                Read("amd-asvk-genoa", "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372")),
            new AmdRoot(AmdProduct.Turin,
                Read("amd-ark-turin", "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a"),
                Read("amd-ask-turin", "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185"),
                Read("amd-asvk-turin", "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c")),
        ],
        Nvidia = [Read("nvidia-device-root", "102bf659d5419614c9d8e6aecebc80454eb26b1df6a769ac720b9a690b167b48")],
    };

    private static Certificate Read(string name, string digest)
    {
        using var stream = typeof(TrustRoots).Assembly.GetManifestResourceStream($"roots/{name}")
            ?? throw new InvalidOperationException($"The root {name} is not in the library.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        // The digest stands in the code, so that whoever exchanges a file must exchange a line that is read in review.
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != digest)
            throw new InvalidOperationException($"The root {name} is not the one that is pinned.");
        return Certificate.Parse(bytes);
    }
}
