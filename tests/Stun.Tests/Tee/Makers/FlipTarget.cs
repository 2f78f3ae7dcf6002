using Stun.Tee;
using Stun.Tee.Software;

namespace Stun.Tests.Tee.Makers;

/// <summary>Good evidence of which every byte up to an end is changed in turn: no change may be accepted.</summary>
internal sealed record FlipTarget(
    string Name, TrustRoots Roots, EvidenceBundle Bundle, Collateral Collateral, TeePolicy Policy, int End)
{
    /// <summary>One of each layout. Of quotes, all that stands before their chain in armour.</summary>
    public static IReadOnlyList<FlipTarget> All()
    {
        var intel = new IntelMaker();
        FlipTarget Quote(EvidenceKind kind, int version, bool isLong, int signed) => new(
            $"{kind} quote {version}", intel.Roots, intel.Quote(kind, version, new byte[64], isLong),
            intel.Collateral(kind == EvidenceKind.Tdx), TeePolicy.Default,
            signed + 4 + 128 + (version > 3 ? 6 : 0) + 384 + 64 + 2 + 32);
        FlipTarget Whole(string name, TrustRoots roots, EvidenceBundle bundle, Collateral collateral) =>
            new(name, roots, bundle, collateral, TeePolicy.Default, bundle.Evidence.Length);
        var amd = new AmdMaker { Version = 5, Product = Stun.Tee.Amd.AmdProduct.Genoa };
        var arm = new ArmMaker();
        var gpu = new GpuMaker();
        using var root = new SoftwareTeeRoot(Shape.Now);
        using var tee = root.Issue(new byte[32], Shape.Now);
        return
        [
            Quote(EvidenceKind.Sgx, 3, false, 48 + 384), Quote(EvidenceKind.Tdx, 4, false, 48 + 584),
            Quote(EvidenceKind.Tdx, 5, true, 48 + 6 + 648),
            Whole("snp report 5", AmdMaker.Roots, amd.Bundle(new byte[64]), amd.Collateral),
            Whole("cca token", arm.Roots, arm.Cca(new byte[64]), Collateral.None),
            Whole("psa token", arm.Roots, arm.Psa(new byte[64]), Collateral.None),
            Whole("gpu report", gpu.Roots, gpu.Bundle(new byte[32]), Collateral.None),
            Whole("software", TrustRoots.Pinned.WithSoftware(root.Certificate),
                tee.Attest(new Challenge(new byte[32], new byte[65]), Shape.Now), Collateral.None) with
            {
                Policy = TeePolicy.Default with { Kinds = [EvidenceKind.Software], IsForDevelopment = true },
            },
        ];
    }

    public DateTimeOffset At { get; init; } = Shape.Now;

    /// <returns>How many changes were made, and the first that was accepted.</returns>
    public (int Count, int? Accepted) Flip(int step)
    {
        var verifier = new EvidenceVerifier(Roots);
        var question = new Question(Policy, At, new ExpectedData.Anything());
        var good = verifier.Verify(Bundle, Collateral, question);
        if (!good.IsAccepted) throw new InvalidOperationException($"{Name} is refused: {good.Refusals.First()}");
        var bytes = Bundle.Evidence.ToArray();
        var count = 0;
        for (var at = 0; at < End; at += step, count++)
        {
            var flip = (byte)(1 << (at % 8));
            bytes[at] ^= flip;
            if (verifier.Verify(Bundle with { Evidence = bytes }, Collateral, question).IsAccepted) return (count, at);
            bytes[at] ^= flip;
        }
        return (count, null);
    }
}
