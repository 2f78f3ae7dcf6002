using System.Text;
using System.Text.Json;
using Stun.Tee.Amd;
using Stun.Tee.Arm;
using Stun.Tee.Certificates;
using Stun.Tee.Intel;

namespace Stun.Tee.Fetching;

/// <summary>
/// Collateral that lies in a folder, under any names: what a file is, is told by what is in it. For machines without a
/// network, and for looking into the past.
/// </summary>
public sealed class CollateralFolder : ICollateralSource
{
    private const int FilesMax = 1000;

    private readonly List<IntelCollateral> whole = [];
    private readonly List<ReadOnlyMemory<byte>> infos = [];
    private readonly List<ReadOnlyMemory<byte>> identities = [];
    private readonly List<ReadOnlyMemory<byte>> lists = [];
    private readonly List<ReadOnlyMemory<byte>> certificates = [];
    private ReadOnlyMemory<byte>? signers;

    /// <summary>Keys of ARM platforms, where a file has some.</summary>
    public ArmKeyRegistry ArmKeys { get; private set; } = ArmKeyRegistry.Empty;

    /// <summary>All certificates in it that are no signers of Intel's statements.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates => certificates;

    public static CollateralFolder Read(string folder)
    {
        var read = new CollateralFolder();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Take(FilesMax))
        {
            if (new FileInfo(path).Length > TeeLimits.CollateralBytesMax) continue;
            var bytes = File.ReadAllBytes(path);
            if (bytes.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..]) read.TakeJson(bytes);
            else read.TakeDer(bytes);
        }
        return read;
    }

    public Task<Collateral> FetchAsync(CollateralKey key, CancellationToken cancel) => Task.FromResult(key switch
    {
        CollateralKey.Intel intel => new Collateral { Intel = For(intel, Latest(intel)), Lists = Latest(intel) },
        _ => new Collateral { Lists = Latest(key), Certificates = certificates },
    });

    /// <summary>
    /// Of each authority the list that ends last, and none of another maker's: whoever keeps all of them until the
    /// first ends would keep them for as long as the oldest file that lies about.
    /// </summary>
    private List<ReadOnlyMemory<byte>> Latest(CollateralKey key) =>
    [
        .. lists.Select(list => (Bytes: list, Read: RevocationList.Parse(list)))
            .Where(list => !Others(key).Any(name =>
                list.Read.Issuer.Span.IndexOf(Encoding.ASCII.GetBytes(name)) >= 0))
            .GroupBy(list => Convert.ToHexString(list.Read.Issuer.Span))
            .Select(same => same.MaxBy(list => list.Read.NextAt).Bytes),
    ];

    /// <summary>What stands in the names of authorities that have nothing to do with a key.</summary>
    private static IEnumerable<string> Others(CollateralKey key) => key switch
    {
        CollateralKey.Intel intel =>
            ["Advanced Micro Devices", intel.Authority == "platform" ? "PCK Processor CA" : "PCK Platform CA"],
        CollateralKey.Amd amd =>
        [
            "Intel Corporation",
            .. Enum.GetNames<AmdProduct>().Where(name => name != amd.Product).Select(name => "ARK-" + name),
        ],
        _ => [],
    };

    /// <summary>
    /// What fits this evidence: levels of its family of platforms, the certificate whose key has signed it.
    /// </summary>
    public Collateral For(EvidenceBundle bundle)
    {
        var fitting = SigningChain.Of(bundle, [.. certificates.Select(Certificate.Parse)]);
        return new Collateral
        {
            Intel = CollateralKey.Of(bundle) is CollateralKey.Intel key ? For(key, lists) : null,
            Lists = lists,
            Certificates = [.. fitting.Select(each => each.Raw)],
        };
    }

    /// <summary>For evidence that is broken.</summary>
    public Collateral All => new()
    {
        Lists = lists,
        Certificates = certificates,
    };

    private IntelCollateral For(CollateralKey.Intel key, IReadOnlyList<ReadOnlyMemory<byte>> revoked)
    {
        var id = key.IsTdx ? "TDX" : "SGX";
        foreach (var each in whole)
            if (each.TcbInfo is { } info && TcbInfo.Read(info) is { } levels && levels.Id == id
                && Convert.ToHexString(levels.Fmspc) == key.Fmspc)
                return each;
        ReadOnlyMemory<byte>? foundInfo = null, foundIdentity = null;
        foreach (var each in infos)
            if (TcbInfo.Read(SignedJson.FromEnvelope(each, "tcbInfo", [])) is { } levels && levels.Id == id
                && Convert.ToHexString(levels.Fmspc) == key.Fmspc)
                foundInfo = each;
        foreach (var each in identities)
            if (EnclaveIdentity.Read(SignedJson.FromEnvelope(each, "enclaveIdentity", [])).Id
                == (key.IsTdx ? "TD_QE" : "QE"))
                foundIdentity = each;
        return IntelCollateral.FromParts(foundInfo, signers, foundIdentity, signers, revoked);
    }

    private void TakeJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
            {
                if (root.GetArrayLength() > 0 && root[0].TryGetProperty("pkey", out _))
                    ArmKeys = ArmKeyRegistry.FromJson(bytes);
            }
            else if (root.TryGetProperty("tcb_info", out _)) whole.Add(IntelCollateral.FromJson(bytes));
            else if (root.TryGetProperty("tcbInfo", out _)) infos.Add(bytes);
            else if (root.TryGetProperty("enclaveIdentity", out _)) identities.Add(bytes);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Another's file: it is no collateral.
        }
    }

    private void TakeDer(byte[] bytes)
    {
        try
        {
            var found = Pem.ReadAny(bytes);
            if (found[0].Subject.Span.IndexOf("TCB Signing"u8) >= 0) signers = bytes;
            else certificates.AddRange(found.Select(each => each.Raw));
        }
        catch (EvidenceException)
        {
            TakeList(bytes);
        }
    }

    private void TakeList(byte[] bytes)
    {
        try
        {
            RevocationList.Parse(bytes);
            lists.Add(bytes);
        }
        catch (EvidenceException)
        {
            // Neither certificate nor list: another's file.
        }
    }
}
