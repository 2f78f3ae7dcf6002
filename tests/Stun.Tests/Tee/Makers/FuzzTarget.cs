using System.Diagnostics;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Release;
using Stun.Tee.Software;

namespace Stun.Tests.Tee.Makers;

/// <summary>
/// A kind of evidence under fire: inputs are made from good ones by a seeded generator, are parsed, and now and then
/// one that parses is judged whole. What is accepted must say what the good one said: a chain in other armour is the
/// same chain.
/// </summary>
internal sealed class FuzzTarget
{
    private readonly EvidenceVerifier verifier;
    private readonly Collateral collateral;
    private readonly Question question;
    private readonly Action<ReadOnlyMemory<byte>> parse;
    private readonly EvidenceBundle seed;
    private readonly string goodFacts;

    private FuzzTarget(
        string name, EvidenceBundle seed, TrustRoots roots, Collateral collateral, TeePolicy policy,
        Action<ReadOnlyMemory<byte>> parse)
    {
        Name = name;
        this.seed = seed;
        this.collateral = collateral;
        this.parse = parse;
        verifier = new EvidenceVerifier(roots);
        question = new Question(policy, Shape.Now, new ExpectedData.Anything());
        var good = Judge(seed.Evidence);
        if (!good.IsAccepted)
            throw new InvalidOperationException($"{name}: the good one is refused: {good.Refusals.First()}");
        goodFacts = FactsOf(good);
    }

    public string Name { get; }

    public long Inputs { get; private set; }

    public long Parsed { get; private set; }

    public long Judged { get; private set; }

    /// <summary>Accepted, and the same evidence in other clothes.</summary>
    public long Same { get; private set; }

    public static IReadOnlyList<FuzzTarget> All()
    {
        var intel = new IntelMaker();
        var amd = new AmdMaker { Version = 5, Product = Stun.Tee.Amd.AmdProduct.Genoa };
        var arm = new ArmMaker();
        var gpu = new GpuMaker();
        var azure = new AzureMaker { Amd = amd };
        var data = new byte[64];
        FuzzTarget Intel(string name, EvidenceKind kind, int version, bool isLong) => new(
            name, intel.Quote(kind, version, data, isLong), intel.Roots, intel.Collateral(kind == EvidenceKind.Tdx),
            TeePolicy.Default, bytes => Stun.Tee.Intel.IntelQuote.Parse(bytes));
        using var root = new SoftwareTeeRoot(Shape.Now);
        using var tee = root.Issue(new byte[32], Shape.Now);
        return
        [
            Intel("sgx quote 3", EvidenceKind.Sgx, 3, false), Intel("tdx quote 4", EvidenceKind.Tdx, 4, false),
            Intel("tdx quote 5", EvidenceKind.Tdx, 5, true),
            new("snp report 5", amd.Bundle(data), AmdMaker.Roots, amd.Collateral, TeePolicy.Default,
                bytes => Stun.Tee.Amd.SnpReport.Parse(bytes)),
            new("cca token", arm.Cca(data), arm.Roots, Collateral.None, TeePolicy.Default,
                bytes => Stun.Tee.Arm.CcaToken.Parse(bytes)),
            new("psa token", arm.Psa(data), arm.Roots, Collateral.None, TeePolicy.Default,
                bytes => Stun.Tee.Arm.PlatformToken.Parse(bytes)),
            new("gpu report", gpu.Bundle(data[..32]), gpu.Roots, Collateral.None, TeePolicy.Default,
                bytes => Stun.Tee.Nvidia.GpuReport.Parse(bytes)),
            new("azure blob", azure.Bundle(data), AmdMaker.Roots, amd.Collateral, TeePolicy.Default,
                bytes => Stun.Tee.Azure.HclReport.Parse(bytes)),
            new("software", tee.Attest(new Challenge(new byte[32], new EnclaveKey().PublicKey), Shape.Now),
                TrustRoots.Pinned.WithSoftware(root.Certificate), Collateral.None,
                TeePolicy.Default with { Kinds = [EvidenceKind.Software], IsForDevelopment = true },
                bytes => Stun.Tee.Software.SoftwareStatement.Parse(bytes)),
        ];
    }

    /// <param name="judgeEach">One of so many that parse is judged whole: a signature costs more than a thousand
    /// parsings.</param>
    /// <param name="judgeMax">How long judging may take in all.</param>
    public void Fire(ulong dice, long count, int judgeEach, TimeSpan judgeMax)
    {
        var judging = new Stopwatch();
        var random = new Dice(dice);
        var good = seed.Evidence.ToArray();
        var buffer = new byte[good.Length + 256];
        for (var left = count; left > 0; left--)
        {
            var input = buffer.AsMemory(0, Make(good, buffer, random));
            Inputs++;
            try
            {
                parse(input);
            }
            catch (EvidenceException)
            {
                continue;
            }
            Parsed++;
            if (Parsed % judgeEach != 0 || judging.Elapsed > judgeMax) continue;
            judging.Start();
            JudgeOne(input);
            judging.Stop();
        }
    }

    private void JudgeOne(ReadOnlyMemory<byte> input)
    {
        Judged++;
        var verdict = Judge(input.ToArray());
        if (!verdict.IsAccepted) return;
        if (FactsOf(verdict) != goodFacts)
            throw new InvalidOperationException($"{Name} accepted: {Convert.ToHexString(input.Span)}");
        Same++;
    }

    private TeeVerdict Judge(ReadOnlyMemory<byte> evidence) =>
        verifier.Verify(seed with { Evidence = evidence }, collateral, question);

    private static string FactsOf(TeeVerdict verdict) =>
        string.Join(';', verdict.Facts.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <returns>How long it is. Never the good one itself.</returns>
    private static int Make(byte[] good, byte[] buffer, Dice dice)
    {
        good.CopyTo(buffer, 0);
        var length = good.Length;
        switch (dice.Below(6))
        {
            case 0:
                // Noise behind a beginning that is right.
                var kept = dice.Below(Math.Min(good.Length, 128));
                length = kept + dice.Below(buffer.Length - kept);
                dice.Fill(buffer.AsSpan(kept, length - kept));
                return length;
            case 1:
                return dice.Below(good.Length);
            case 2:
                // Extreme numbers, where lengths may stand.
                var at = dice.Below(good.Length - 4);
                var value = dice.Below(3) switch { 0 => (byte)0, 1 => (byte)0xff, _ => (byte)0x7f };
                buffer.AsSpan(at, 1 + dice.Below(4)).Fill(value);
                break;
            case 3:
                var (from, to) = (dice.Below(good.Length - 16), dice.Below(good.Length - 16));
                good.AsSpan(from, 1 + dice.Below(16)).CopyTo(buffer.AsSpan(to));
                break;
            default:
                for (var left = 1 + dice.Below(4); left > 0; left--)
                    buffer[dice.Below(good.Length)] ^= (byte)(1 << dice.Below(8));
                break;
        }
        if (buffer.AsSpan(0, length).SequenceEqual(good)) buffer[dice.Below(length)] ^= 1;
        return length;
    }

    /// <summary>Xorshift with a multiplication (Vigna): the same from the same seed, everywhere.</summary>
    private sealed class Dice(ulong seed)
    {
        private ulong state = seed == 0 ? 1 : seed;

        public ulong Next()
        {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            return unchecked(state * 2685821657736338717UL);
        }

        public int Below(int end) => (int)((Next() >> 32) % (uint)end);

        public void Fill(Span<byte> bytes)
        {
            for (var at = 0; at < bytes.Length; at++) bytes[at] = (byte)(Next() >> 56);
        }
    }
}
