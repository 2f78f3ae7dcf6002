using Stun.Zk.Fields;
using Stun.Zk.Polynomials;

namespace Stun.Tests.Zk.Polynomials;

public sealed class DomainTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    public void Values_are_those_of_the_polynomial_at_the_powers_of_the_root(int power)
    {
        using var domain = new Domain(power);
        var coefficients = Random(power, domain.Size);
        var values = coefficients.ToArray();
        domain.ToValues(values);
        var point = Fr.One;
        for (var i = 0; i < domain.Size; i++)
        {
            Assert.Equal(Evaluate(coefficients, point), values[i]);
            point *= domain.Root;
        }
        domain.ToCoefficients(values);
        Assert.Equal(coefficients, values);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(13)]
    [InlineData(14)]
    public void Large_transforms_are_right_at_some_points_and_come_back(int power)
    {
        using var domain = new Domain(power);
        var coefficients = Random(power, domain.Size);
        var values = coefficients.ToArray();
        domain.ToValues(values);
        foreach (var i in new[] { 0, 1, 7, 8, 9, 77, domain.Size / 2, domain.Size - 3, domain.Size - 1 })
        {
            Assert.Equal(Evaluate(coefficients, domain.Root.Pow(i)), values[i]);
        }
        using var scalar = new Domain(power, lanes: false);
        var slow = coefficients.ToArray();
        scalar.ToValues(slow);
        Assert.Equal(slow, values);
        domain.ToCoefficients(values);
        Assert.Equal(coefficients, values);
    }

    [Fact]
    public void Shifted_coefficients_have_the_values_at_shifted_points()
    {
        using var domain = new Domain(6);
        var coefficients = Random(1, domain.Size);
        var shifted = coefficients.ToArray();
        var shift = Fr.FromUInt64(11);
        Domain.Shift(shifted, shift);
        domain.ToValues(shifted);
        for (var i = 0; i < domain.Size; i++)
        {
            Assert.Equal(Evaluate(coefficients, shift * domain.Root.Pow(i)), shifted[i]);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    [InlineData(262145, 19)]
    public void The_smallest_domain_that_holds_so_many_points_is_found(long points, int power) =>
        Assert.Equal(power, Domain.PowerFor(points));

    private static Fr Evaluate(Fr[] coefficients, Fr point)
    {
        var sum = Fr.Zero;
        for (var i = coefficients.Length - 1; i >= 0; i--) sum = (sum * point) + coefficients[i];
        return sum;
    }

    private static Fr[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            Fr.FromUInt64((ulong)random.NextInt64()) * Fr.FromUInt64((ulong)random.NextInt64()).Inverse())];
    }
}
