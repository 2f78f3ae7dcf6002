using Stun.Zk.Fields;
using Stun.Zk.Hashes;

namespace Stun.Zk.Solidity;

/// <summary>
/// Poseidon as a function of Solidity. Of the constants of a partial round only the first passes a power; the others
/// are carried through the mixing into the constants of the rounds after, which shrinks the table to a third.
/// </summary>
public static class PoseidonSolidity
{
    /// <summary>More state than this does not fit onto the stack of the EVM beside what works on it.</summary>
    public const int ArityMax = 8;

    private const string Prime = "mload(0)";

    public static string Write(int arity)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arity, ArityMax);
        var parameters = PoseidonParameters.ForArity(arity);
        var width = parameters.Width;
        return $$"""
                /// @dev Poseidon over BN254 of {{arity}} values, which stand behind a zero.
                function _poseidon(uint256[{{width}}] memory state) private pure returns (uint256 hash) {
                    bytes memory table ={{SolidityText.HexLiteral(Table(parameters), "            ")}};
                    assembly ("memory-safe") {
                        // The prime waits in the scratch space: the compiler would fetch such a constant from the code
                        // each time, for six times the gas.
                        mstore(0, {{SolidityText.Hex(Fr.Modulus)}})
                        function power(x) -> y {
                            y := mulmod(x, x, {{Prime}})
                            y := mulmod(mulmod(y, y, {{Prime}}), x, {{Prime}})
                        }
                        function mix(p) {
            {{Mix(parameters)}}
                        }
                        function full(p, c) {
                            for { let end := add(p, {{32 * width}}) } lt(p, end) { p := add(p, 32) c := add(c, 32) } {
                                mstore(p, power(addmod(mload(p), mload(c), {{Prime}})))
                            }
                        }
                        let c := add(table, 32)
                        for { let i := 0 } lt(i, {{Half}}) { i := add(i, 1) c := add(c, {{32 * width}}) } {
                            full(state, c)
                            mix(state)
                        }
                        for { let i := 0 } lt(i, {{parameters.PartialRounds}}) { i := add(i, 1) c := add(c, 32) } {
                            mstore(state, power(addmod(mload(state), mload(c), {{Prime}})))
                            mix(state)
                        }
                        for { let i := 0 } lt(i, {{Half}}) { i := add(i, 1) c := add(c, {{32 * width}}) } {
                            full(state, c)
                            mix(state)
                        }
                        hash := mod(mload(state), {{Prime}})
                    }
                }
            """;
    }

    private static int Half => PoseidonParameters.FullRounds / 2;

    private static byte[] Table(PoseidonParameters parameters) => Fr.Bytes([.. Moved(parameters)]);

    private static List<Fr> Moved(PoseidonParameters parameters)
    {
        var width = parameters.Width;
        List<Fr> table = [.. parameters.Constants.AsSpan(0, Half * width)];
        var carried = new Fr[width];
        var at = Half * width;
        for (var round = 0; round < parameters.PartialRounds; round++, at += width)
        {
            for (var i = 0; i < width; i++) carried[i] += parameters.Constants[at + i];
            table.Add(carried[0]);
            carried[0] = Fr.Zero;
            carried = Mixed(parameters, carried);
        }
        for (var i = 0; i < width; i++) table.Add(carried[i] + parameters.Constants[at + i]);
        table.AddRange(parameters.Constants.AsSpan(at + width));
        return table;
    }

    private static Fr[] Mixed(PoseidonParameters parameters, Fr[] state)
    {
        var mixed = new Fr[state.Length];
        for (var i = 0; i < mixed.Length; i++)
            for (var j = 0; j < state.Length; j++)
                mixed[i] += parameters.Matrix[i * state.Length + j] * state[j];
        return mixed;
    }

    /// <summary>
    /// Five products below the prime have a sum below 2^256; what is more is reduced on the way. The sum so far stands
    /// on the right: that side is computed first, and so nothing waits on the stack meanwhile.
    /// </summary>
    private static string Mix(PoseidonParameters parameters)
    {
        const int Indent = 16;
        var width = parameters.Width;
        List<string> lines = [.. Enumerable.Range(0, width).Select(i => $"let s{i} := mload(add(p, {32 * i}))")];
        for (var i = 0; i < width; i++)
        {
            var sum = Product(i, 0);
            for (var j = 1; j < width; j++)
                sum = j % 5 == 0
                    ? $"addmod({Product(i, j)},\n{new string(' ', Indent + 4)}{sum}, {Prime})"
                    : $"add({Product(i, j)},\n{new string(' ', Indent + 4)}{sum})";
            lines.Add($"mstore(add(p, {32 * i}), {sum})");
        }
        return string.Join('\n', lines.Select(line => new string(' ', Indent) + line));

        string Product(int row, int column) =>
            $"mulmod(s{column}, {SolidityText.Hex(parameters.Matrix[row * width + column])}, {Prime})";
    }
}
