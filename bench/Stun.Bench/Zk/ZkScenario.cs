using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Stun.Zk.Curves;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Polynomials;
using Stun.Zk.Sums;

namespace Stun.Bench.Zk;

/// <summary>
/// The parts of a proof, each alone, and the whole in a race with snarkjs: bench/scenarios/zk/race.py. CPU seconds, and
/// the least of several rounds, for clocks say little on a machine that others use too.
/// </summary>
internal static class ZkScenario
{
    private const int Rounds = 3;

    private const string Preface = """
        CPU seconds are user and system time of the whole process as the kernel counted them, its start included; of all
        rounds the least. Circuits are chains x → x (x + 3) of 2^k - 8 constraints, with one public value and values of
        full size. snarkjs 0.7.6 as its command, ours as `stun zk`; each has accepted the proofs of the other.

        Vectors are left out by DOTNET_EnableAVX512=0, then by DOTNET_EnableAVX2=0, which takes the wide product of
        scalars (MULX) away as well: it stands for machines of 2012 and before. `./stun bench zk` makes this page, and
        holds if each proof takes at most a quarter of the CPU time and half of the memory of snarkjs, with and without
        AVX-512, and a warm check less than 5 ms.
        """;

    /// <summary>As race.py names what runs, and what of the machine it may use.</summary>
    private static readonly (string Who, string Vectors)[] Machines =
        [("stun", "all of this machine"), ("stun-avx2", "without AVX-512"), ("stun-plain", "without AVX2 too")];

    public static bool Run(Report report)
    {
        var folder = Directory.CreateTempSubdirectory("stun-zk-bench-").FullName;
        try
        {
            foreach (var line in Preface.Split('\n')) report.Say(line);
            Primitives(report);
            var held = Race(report, folder);
            if (!File.Exists(Path.Combine(folder, "sq16.groth16.zkey"))) return false;
            return Shares(report, Path.Combine(folder, "sq16")) && held;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Primitives(Report report)
    {
        report.Begin("Parts, warm, CPU of one process", "part", "value");
        var x = Fq.FromUInt64(7).Inverse();
        var y = x.Square();
        report.Row("product of coordinates, one after the other, ns", Number(Least(() =>
        {
            for (var i = 0; i < 1_000_000; i++) x *= y;
        }) * 1e3));
        report.Row("(a check that the loop above was run)", x.IsZero ? "0" : "1");
        foreach (var power in (int[])[14, 16, 18]) Transforms(report, power);
        foreach (var power in (int[])[14, 16, 18]) Sums(report, power);
    }

    private static void Transforms(Report report, int power)
    {
        using var domain = new Domain(power);
        var values = Enumerable.Range(1, domain.Size).Select(i => Fr.FromUInt64((ulong)i)).ToArray();
        domain.ToCoefficients(values);
        report.Row($"transform of 2^{power} scalars, ms", Number(Least(() => domain.ToValues(values)) * 1e3));
    }

    private static void Sums(Report report, int power)
    {
        var size = 1 << power;
        var points = Multiples(G1.Generator, size);
        var scalars = new Fr[size];
        var scalar = Fr.FromUInt64(3).Inverse();
        for (var i = 0; i < size; i++, scalar *= scalar + Fr.One) scalars[i] = scalar;
        var seconds = Least(() => MultiScalarSum.Of<Fq>(points, scalars));
        report.Row($"sum of 2^{power} multiples in G1, ms (points a second)",
            $"{Number(seconds * 1e3)} ({Number(size / seconds)})");
        if (power > 16) return;
        var twisted = Multiples(G2.Generator, size);
        seconds = Least(() => MultiScalarSum.Of<Fq2>(twisted, scalars));
        report.Row($"sum of 2^{power} multiples in G2, ms (points a second)",
            $"{Number(seconds * 1e3)} ({Number(size / seconds)})");
    }

    private static AffinePoint<T>[] Multiples<T>(AffinePoint<T> generator, int count) where T : unmanaged, IField<T>
    {
        var points = new CurvePoint<T>[count];
        CurvePoint<T> point = default;
        for (var i = 0; i < count; i++)
        {
            point.Add(generator);
            points[i] = point;
        }
        var affine = new AffinePoint<T>[count];
        CurvePoint<T>.ToAffine(points, affine);
        return affine;
    }

    private static bool Shares(Report report, string name)
    {
        using var key = Groth16Key.Open(name + ".groth16.zkey");
        using var witness = Witness.Read(name + ".wtns");
        var shares = new SortedDictionary<string, double>(StringComparer.Ordinal);
        Groth16Proof? proof = null;
        for (var round = 0; round < Rounds; round++)
        {
            var (step, since) = ("", Cpu());
            void Next(string next)
            {
                var now = Cpu();
                if (step.Length > 0)
                {
                    shares[step] = Math.Min(shares.GetValueOrDefault(step, double.MaxValue), now - since);
                }
                (step, since) = (next, now);
            }
            proof = new Groth16Prover(key) { Progress = (what, _) => Next(what) }.Prove(witness);
            Next("");
        }
        report.Begin("Where a warm proof of sq16 goes (Groth16)", "step", "CPU ms", "share");
        var all = shares.Values.Sum();
        foreach (var (step, seconds) in shares.OrderByDescending(each => each.Value))
        {
            report.Row(step, Number(seconds * 1e3), $"{Number(100 * seconds / all)} %");
        }
        report.Row("all", Number(all * 1e3), "100 %");
        return Checking(report, new Groth16Verifier(key.VerificationKey), [witness[1]], proof!);
    }

    private static bool Checking(Report report, Groth16Verifier verifier, Fr[] publics, Groth16Proof proof)
    {
        for (var i = 0; i < 200; i++) verifier.Verify(publics, proof);
        var seconds = Least(() =>
        {
            for (var i = 0; i < 100; i++) verifier.Verify(publics, proof);
        }) / 100;
        report.Begin("Checking, warm", "what", "CPU ms");
        report.Row("a proof of Groth16 with one public value", Number(seconds * 1e3));
        return seconds < 0.005;
    }

    private static bool Race(Report report, string folder)
    {
        // The largest PLONK takes snarkjs minutes a round.
        string[] words =
        [
            Path.Combine(Report.Root(), "bench/scenarios/zk/race.py"), folder, "sq14:groth16:3", "sq16:groth16:3",
            "sq18:groth16:3", "sq14:plonk:3", "sq16:plonk:3", "sq18:plonk:2",
        ];
        using var race = Process.Start(new ProcessStartInfo("python3", words) { RedirectStandardOutput = true })!;
        var runs = race.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<RaceRun>(line, JsonSerializerOptions.Web)!).ToList();
        race.WaitForExit();
        if (race.ExitCode != 0) return false;
        var held = Proving(report, runs);
        report.Begin("Verifying: whole processes, of which nearly all is their start", "circuit", "system",
            "snarkjs CPU s", "stun CPU s");
        foreach (var group in runs.Where(run => run.Verb == "verify").GroupBy(run => (run.Circuit, run.System)))
        {
            report.Row(group.Key.Circuit, group.Key.System, Number(Best(group, "snarkjs").Cpu),
                Number(Best(group, "stun").Cpu));
        }
        report.Begin("Development keys", "circuit", "system", "CPU s", "MiB");
        foreach (var run in runs.Where(run => run.Verb == "setup"))
        {
            report.Row(run.Circuit, run.System, Number(run.Cpu), Number(run.Mib));
        }
        return held;
    }

    /// <summary>Whether a quarter of the CPU time and half of the memory were enough, with AVX-512 or AVX2.</summary>
    private static bool Proving(Report report, List<RaceRun> runs)
    {
        report.Begin("Proving: the race, in turn", "circuit", "system", "vectors", "rounds", "snarkjs CPU s",
            "stun CPU s", "ratio", "snarkjs MiB", "stun MiB", "ratio of memory");
        var held = true;
        foreach (var group in runs.Where(run => run.Verb == "prove").GroupBy(run => (run.Circuit, run.System)))
        {
            var theirs = Best(group, "snarkjs");
            foreach (var (who, vectors) in Machines)
            {
                var ours = Best(group, who);
                report.Row(group.Key.Circuit, group.Key.System, vectors, $"{group.Count(run => run.Who == who)}",
                    Number(theirs.Cpu), Number(ours.Cpu), Number(theirs.Cpu / ours.Cpu), Number(theirs.Mib),
                    Number(ours.Mib), Number(ours.Mib / theirs.Mib));
                if (who != "stun-plain") held &= theirs.Cpu >= 4 * ours.Cpu && theirs.Mib >= 2 * ours.Mib;
            }
        }
        return held;
    }

    private static (double Cpu, double Mib) Best(IEnumerable<RaceRun> runs, string who)
    {
        var of = runs.Where(run => run.Who == who).ToList();
        return (of.Min(run => run.Cpu), of.Min(run => run.Mib));
    }

    private static double Least(Action work)
    {
        var least = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var since = Cpu();
            work();
            least = Math.Min(least, Cpu() - since);
        }
        return least;
    }

    private static double Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    private static string Number(double value) =>
        value.ToString(value < 100 ? "0.##" : "0", CultureInfo.InvariantCulture);

    private sealed record RaceRun(
        string Who, string Circuit, string System, string Verb, double Cpu, double Clock, double Mib);
}
