using Stun.Tee;
using Stun.Tee.Arm;
using Stun.Tee.Intel;

namespace Stun.Tests.Tee;

/// <summary>Real evidence of others. It lies beside the repository; where it does not, its tests are skipped.</summary>
internal static class Vectors
{
    private static readonly string Root = Path.GetFullPath(
        Path.Combine(Repository.Root, "..", "shared", "vectors", "tee"));

    public static void Need() =>
        Assert.SkipUnless(Directory.Exists(Root), "The real evidence is not beside the repository.");

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(Root, name));

    public static EvidenceBundle Bundle(string name, params string[] certificates) =>
        EvidenceFile.Read(Bytes(name)) with { Certificates = [.. certificates.SelectMany(Certificates)] };

    private static IEnumerable<ReadOnlyMemory<byte>> Certificates(string name) =>
        Stun.Tee.Certificates.Pem.ReadAny(Bytes(name)).Select(each => each.Raw);

    public static Collateral Phala(string name) => new() { Intel = IntelCollateral.FromJson(Bytes(name)) };

    /// <summary>Intel's answers came without the chain of who has signed them; another file has it.</summary>
    public static Collateral Google(string info, string? identity)
    {
        using var other = System.Text.Json.JsonDocument.Parse(Bytes("tdx/phala_tdx_quote_v4.collateral.json"));
        var chain = System.Text.Encoding.ASCII.GetBytes(
            other.RootElement.GetProperty("tcb_info_issuer_chain").GetString()!);
        return new Collateral
        {
            Intel = IntelCollateral.FromParts(
                Bytes(info), chain, identity is null ? default(ReadOnlyMemory<byte>?) : Bytes(identity), chain,
                [Bytes("tdx/google_rootcrl.der"), Bytes("tdx/google_pckcrl")]),
        };
    }

    public static TrustRoots WithArm => TrustRoots.Pinned.With(
        ArmKeyRegistry.FromJson(Bytes("cca-psa/coco_cca_tastore.json")));
}
