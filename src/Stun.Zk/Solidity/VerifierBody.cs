namespace Stun.Zk.Solidity;

/// <summary>
/// What a contract checks a proof with: constants and functions, among them <c>_holds(bytes calldata proof, uint256[n]
/// memory publics)</c>, which answers false to whatever is not right.
/// </summary>
internal sealed record VerifierBody(string Scheme, string Text, int ProofBytes, int PublicCount)
{
    /// <summary>A contract that checks proofs beside their public values.</summary>
    /// <exception cref="ArgumentException">The circuit shows nothing: its proofs say nothing to a contract.</exception>
    public string Alone(string name) => PublicCount == 0
        ? throw new ArgumentException("A circuit without public values has no contract: nothing ties its proofs to it.")
        : $$"""
        {{SolidityText.Head}}
        /// @notice Verifies proofs of {{Scheme}} of one circuit. Who sees or makes a proof can make another one of the
        /// same statement: never use a proof, or its hash, as a nonce or a name.
        contract {{SolidityText.RequireName(name)}} {
        {{Text}}

            /// @notice Whether the proof holds for these public values. Never reverts over its arguments.
            function verifyProof(bytes calldata proof, uint256[{{PublicCount}}] calldata publics)
                external
                view
                returns (bool)
            {
                return _holds(proof, publics);
            }
        }

        """;
}
