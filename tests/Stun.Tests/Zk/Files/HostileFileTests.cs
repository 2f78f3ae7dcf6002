using System.Buffers.Binary;
using Stun.Zk;
using Stun.Zk.Circuits;
using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Groth16;
using Stun.Zk.Plonk;

namespace Stun.Tests.Zk.Files;

/// <summary>Files that are cut off, stretched, patched or of another kind: refused by code, and never more.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const int Steps = 2;

    private readonly string folder = Directory.CreateTempSubdirectory("stun-zk-").FullName;
    private readonly ConstraintSystem system = SquareChain.Circuit(Steps);

    private string Victim => Path.Combine(folder, "victim");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        foreach (var (bytes, read) in Samples())
        {
            // All of the file's own head, every border of a section, and steps through the rest.
            for (var length = 0; length < bytes.Length; length += length < 40 ? 1 : length < 700 ? 13 : 197)
            {
                Refused(bytes[..length], read, ZkCodes.FileShape, ZkCodes.FileKind);
            }
            foreach (var border in Borders(bytes))
            {
                for (var length = border - 1; length <= border + 1; length++)
                {
                    if (length < bytes.Length) Refused(bytes[..length], read, ZkCodes.FileShape, ZkCodes.FileKind);
                }
            }
            Refused([.. bytes, 0], read, ZkCodes.FileShape);
        }
    }

    [Fact]
    public void Lengths_and_counts_that_promise_more_than_there_is_are_refused_without_room_for_them()
    {
        var before = GC.GetTotalAllocatedBytes();
        foreach (var (bytes, read) in Samples())
        {
            foreach (var border in Borders(bytes)[..^1])
            {
                foreach (var length in (ulong[])[ulong.MaxValue, long.MaxValue, 1UL << 40, 0])
                {
                    var patched = bytes.ToArray();
                    BinaryPrimitives.WriteUInt64LittleEndian(patched.AsSpan(border + 4), length);
                    if (!patched.AsSpan().SequenceEqual(bytes)) Refused(patched, read);
                }
                var twice = bytes.ToArray();
                BinaryPrimitives.WriteUInt32LittleEndian(twice.AsSpan(border), 2);
                if (!twice.AsSpan().SequenceEqual(bytes)) Refused(twice, read);
            }
            foreach (var at in Counts(bytes))
            {
                foreach (var count in (uint[])[uint.MaxValue, 1 << 29, 1 << 24, 0])
                {
                    var patched = bytes.ToArray();
                    BinaryPrimitives.WriteUInt32LittleEndian(patched.AsSpan(at), count);
                    if (!patched.AsSpan().SequenceEqual(bytes)) Refused(patched, read);
                }
            }
        }
        Assert.True(GC.GetTotalAllocatedBytes() - before < 1L << 30);
    }

    [Fact]
    public void Another_curve_another_version_and_another_kind_are_refused_by_name()
    {
        foreach (var (bytes, read) in Samples())
        {
            var kind = bytes.ToArray();
            kind[1] ^= 1;
            Refused(kind, read, ZkCodes.FileKind);
            var version = bytes.ToArray();
            version[4] = 9;
            Refused(version, read, ZkCodes.FileKind);
            var sections = bytes.ToArray();
            sections[8] = 200;
            Refused(sections, read, ZkCodes.FileShape);
            var prime = bytes.ToArray();
            prime[Start(bytes, bytes[0] == 'z' ? 2u : 1u) + 9] ^= 4;
            Refused(prime, read, ZkCodes.Prime);
        }
    }

    [Fact]
    public void A_flipped_bit_of_a_key_gives_an_error_or_a_proof_that_holds()
    {
        using var witness = SquareChain.Witness(Steps);
        foreach (var (bytes, read) in Samples().Where(sample => sample.Bytes[0] == 'z'))
        {
            var (errors, all) = (0, 0);
            foreach (var place in Places(bytes, new Random(5)))
            {
                var patched = bytes.ToArray();
                patched[place] ^= (byte)(1 << (place % 8));
                File.WriteAllBytes(Victim, patched);
                all++;
                try
                {
                    // A prover checks its proof with the key of the same file; what it lets pass does hold there.
                    read(Victim);
                }
                catch (ZkException)
                {
                    errors++;
                }
            }
            // Much of a key for PLONK is there for others and not read here.
            Assert.InRange(errors, 20, all);
        }
    }

    [Fact]
    public void Numbers_in_circuits_and_witnesses_that_are_not_below_the_prime_are_refused()
    {
        R1csFile.Write(Victim, system);
        var bytes = File.ReadAllBytes(Victim);
        // The first coefficient lies behind a count and a wire.
        bytes.AsSpan(Start(bytes, 2) + 8, 32).Fill(0xFF);
        Refused(bytes, path => R1csFile.Read(path), ZkCodes.Number);
        using (var witness = SquareChain.Witness(Steps)) witness.Write(Victim);
        bytes = File.ReadAllBytes(Victim);
        bytes.AsSpan(Start(bytes, 2) + 64, 32).Fill(0xFF);
        Refused(bytes, path => Witness.Read(path).Dispose(), ZkCodes.Number);
        bytes = File.ReadAllBytes(Victim);
        bytes.AsSpan(Start(bytes, 2) + 64, 32).Clear();
        bytes[Start(bytes, 2)] = 2;
        Refused(bytes, path => Witness.Read(path).Dispose(), ZkCodes.Witness);
    }

    [Theory]
    [InlineData("", ZkCodes.Json)]
    [InlineData("[]", ZkCodes.Json)]
    [InlineData("{\"protocol\":\"groth16\"}", ZkCodes.Json)]
    [InlineData("{\"protocol\":\"plonk\",\"curve\":\"bn128\"}", ZkCodes.FileKind)]
    [InlineData("{\"protocol\":\"groth16\",\"curve\":\"bls12381\"}", ZkCodes.FileKind)]
    [InlineData("{\"protocol\":\"groth16\",\"protocol\":\"groth16\"}", ZkCodes.Json)]
    public void Documents_that_are_no_proofs_are_refused(string text, string code)
    {
        File.WriteAllText(Victim, text);
        Assert.Equal(code, Assert.Throws<ZkException>(() => Groth16Json.ReadProof(Victim)).Code);
    }

    [Theory]
    [InlineData("[\"1\",\"2\",\"2\"]", ZkCodes.Point)]
    [InlineData("[\"1\",\"2\"]", ZkCodes.Json)]
    [InlineData("[1,2,1]", ZkCodes.Number)]
    [InlineData("[\"01\",\"2\",\"1\"]", ZkCodes.Number)]
    [InlineData("[\"-1\",\"2\",\"1\"]", ZkCodes.Number)]
    [InlineData(
        "[\"21888242871839275222246405745257275088696311157297823662689037894645226208584\",\"2\",\"1\"]",
        ZkCodes.Number)]
    public void Points_that_are_not_in_their_one_form_are_refused(string point, string code)
    {
        File.WriteAllText(Victim, $$"""
            {"protocol":"groth16","curve":"bn128","pi_a":{{point}},"pi_b":[["0","0"],["1","0"],["0","0"]],
             "pi_c":["1","2","1"]}
            """);
        Assert.Equal(code, Assert.Throws<ZkException>(() => Groth16Json.ReadProof(Victim)).Code);
    }

    [Fact]
    public void Public_values_that_are_not_canonical_scalars_are_refused()
    {
        foreach (var text in (string[])[$"[\"{Fr.Modulus}\"]", "[\"-1\"]", "[1]", "[\"1\",\"\"]", "{}", "[[\"1\"]]"])
        {
            File.WriteAllText(Victim, text);
            Assert.Throws<ZkException>(() => PublicValues.Read(Victim));
        }
    }

    /// <summary>A file of each form, and what reads all of it.</summary>
    private List<(byte[] Bytes, Action<string> Read)> Samples()
    {
        using var witness = SquareChain.Witness(Steps);
        List<(byte[], Action<string>)> samples = [];
        void Take(Action<string> write, Action<string> read)
        {
            write(Victim);
            samples.Add((File.ReadAllBytes(Victim), read));
        }
        Take(path => R1csFile.Write(path, system), path => R1csFile.Read(path));
        Take(witness.Write, path => Witness.Read(path).Dispose());
        Take(path => InsecureSetup.Write(path, system), ProveGroth16);
        Take(path => PlonkInsecureSetup.Write(path, system), ProvePlonk);
        return samples;
    }

    private static void ProveGroth16(string path)
    {
        using var witness = SquareChain.Witness(Steps);
        using var key = Groth16Key.Open(path);
        new Groth16Prover(key).Prove(witness);
    }

    private static void ProvePlonk(string path)
    {
        using var witness = SquareChain.Witness(Steps);
        using var key = PlonkKey.Open(path);
        new PlonkProver(key).Prove(witness);
    }

    private void Refused(byte[] bytes, Action<string> read, params string[] codes)
    {
        File.WriteAllBytes(Victim, bytes);
        var refusal = Assert.Throws<ZkException>(() => read(Victim));
        if (codes.Length > 0) Assert.Contains(refusal.Code, codes);
    }

    /// <summary>Where each section begins, and where the last one ends.</summary>
    private static List<int> Borders(byte[] bytes)
    {
        List<int> borders = [12];
        while (borders[^1] < bytes.Length)
        {
            borders.Add(borders[^1] + 12 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(borders[^1] + 4)));
        }
        return borders;
    }

    /// <summary>Bytes of the file's head, of the head of each section and of its content; most of the header.</summary>
    private static IEnumerable<int> Places(byte[] bytes, Random random)
    {
        for (var at = 0; at < 12; at += 4) yield return at;
        var borders = Borders(bytes);
        foreach (var (index, border) in borders[..^1].Index())
        {
            yield return border + random.Next(12);
            var length = borders[index + 1] - border - 12;
            var isHeader = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(border)) == 2;
            for (var i = isHeader ? 10 : 2; i > 0 && length > 0; i--) yield return border + 12 + random.Next(length);
        }
    }

    private static int Start(byte[] bytes, uint id) => 12 + Borders(bytes)[..^1]
        .Single(border => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(border)) == id);

    /// <summary>The counts in the headers: behind one prime in circuits and witnesses, behind two in keys.</summary>
    private static IEnumerable<int> Counts(byte[] bytes) => bytes[0] switch
    {
        (byte)'w' => [Start(bytes, 1) + 36],
        (byte)'r' => [Start(bytes, 1) + 36, Start(bytes, 1) + 60],
        _ => Enumerable.Range(0, 3).Select(i => Start(bytes, 2) + 72 + (4 * i)),
    };
}
