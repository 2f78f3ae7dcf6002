using Stun.Zk.Fields;
using Stun.Zk.Files;
using Stun.Zk.Polynomials;

namespace Stun.Zk.Plonk;

/// <summary>The values of the permutation product on the domain.</summary>
internal static class PermutationProduct
{
    public static NativeArray<Fr> Of(PlonkKey key, Domain domain, Challenges drawn, NativeArray<Fr>[] columns,
        CancellationToken cancel)
    {
        var size = domain.Size;
        var product = new NativeArray<Fr>(size, cleared: false);
        using var below = new NativeArray<Fr>(size, cleared: false);
        product.Span.Fill(Fr.One);
        below.Span.Fill(Fr.One);
        Fr[] cosets = [Fr.One, key.VerificationKey.Shape.K1, key.VerificationKey.Shape.K2];
        for (var i = 0; i < 3; i++)
        {
            cancel.ThrowIfCancellationRequested();
            using var permuted = key.Permutation(i);
            domain.ToValues(permuted.Span);
            Multiply(product.Span, below.Span, columns[i].Span, permuted.Span, drawn, cosets[i], domain.Root);
        }
        using var scratch = new NativeArray<Fr>(size, cleared: false);
        BatchInversion.Invert<Fr>(below.Span, scratch.Span);
        var running = Fr.One;
        for (var i = 0; i < size; i++)
        {
            var next = running * product.Span[i] * below.Span[i];
            product.Span[i] = running;
            running = next;
        }
        if (running == Fr.One) return product;
        product.Dispose();
        throw new ZkException(ZkCodes.Witness, "Copies of a wire differ: the witness or the key is damaged.");
    }

    private static void Multiply(Span<Fr> above, Span<Fr> below, ReadOnlySpan<Fr> column, ReadOnlySpan<Fr> permuted,
        Challenges drawn, Fr coset, Fr root)
    {
        var place = drawn.Beta * coset;
        for (var i = 0; i < above.Length; i++)
        {
            var value = column[i] + drawn.Gamma;
            above[i] *= value + place;
            below[i] *= value + (drawn.Beta * permuted[i]);
            place *= root;
        }
    }
}
