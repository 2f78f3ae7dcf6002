using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Stun.Chain;
using Stun.Chain.Evm;
using Stun.Chain.Evm.Contracts;
using Stun.Chain.Evm.Deployment;
using Stun.Chain.Evm.Rpc;
using Stun.Chain.Evm.Sending;
using Stun.Integration.Chains;
using Stun.Zk.Circuits.Tasks;
using Stun.Zk.Fields;
using Stun.Zk.Solidity;

namespace Stun.Integration.Zk;

/// <summary>A task on the chain whose result counts only with a proof, with the escrow that is deployed.</summary>
public sealed class EscrowProofTests
{
    private static readonly Digest Circuit = new(1, 2, 3, 4);
    private static readonly Digest Spec = new(5, 6, 7, 8);

    [Fact]
    public async Task The_escrow_takes_an_inference_with_its_proof_and_no_second_form_of_the_proof()
    {
        Assert.SkipUnless(SolidityCompiler.IsPossible, "solc is not installed: run npm ci in contracts/evm.");
        await using var chain = await ChainScene.StartAsync();
        await using var sender = await chain.SenderAsync(ChainScene.Key(0));
        using var validator = ChainScene.Key(1);
        var book = await new NetworkDeployment(chain.Rpc, sender).RunAsync(
            new NetworkPlan(sender.Address, sender.Address, [validator.Address], 1));
        var (escrow, tasks) = (book[ContractNames.Escrow].Address, book[ContractNames.TaskEscrow].Address);
        await SendAsync(sender, book[ContractNames.Token].Address, StunToken.Calls.Approve(escrow, 1_000_000));

        var order = new TaskEscrow.TaskOrder(sender.Address, 1, Spec, 60_000_000, 1_000,
            (ulong)DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeMilliseconds() * 1_000, 1, default, 0);
        var provider = ChainScene.Key(2).Address;
        using var key = new CircuitKey(ProvedTask.Inference(ProvedTask.Binding).Item1);
        await AdmitAsync(chain, sender, (escrow, tasks), key);
        var submitted = await sender.SendAsync(
            new TransactionRequest(tasks, TaskEscrow.Calls.SubmitTask(order, Circuit)));
        var task = submitted.Logs.Single(log => log.Address == tasks).Topics[1];
        var id = new TaskId(task.A, task.B);

        // The outputs do not depend on the binding; the result does on the outputs, and the binding on the result.
        var content = ProvedTask.Inference(ProvedTask.Binding).Item2.ResultContent;
        var result = Digest.Read(SHA256.HashData(ManifestOf(content)));
        var binding = new TaskBinding(Bytes(id), Bytes(Spec), Bytes(result), Bytes(provider));
        var (_, statement, assignment) = ProvedTask.Inference(binding);
        var (proof, _) = key.Prove(assignment);
        var sent = TaskContract.Encode(binding, statement.Words, proof);
        var turned = TaskContract.Encode(binding, statement.Words, proof with { A = -proof.A, B = -proof.B });

        await RefusedAsync("ProofRefused()", []);
        await RefusedAsync("ProofRefused()", TaskContract.Encode(
            binding with { Provider = Bytes(sender.Address) }, statement.Words, proof));
        // A quorum that would pay somebody else with this proof, alone or beside its maker, cannot.
        await RefusedAsync("ProofRefused()", sent, sender.Address);
        await RefusedAsync("ProofRefused()", sent, sender.Address, provider);
        await RefusedAsync("ProofRefused()", sent, provider, sender.Address);
        await RefusedAsync("ProofRefused()", TaskContract.Encode(
            binding, statement.Words, proof with { A = -proof.A }));
        Assert.True((await sender.SendAsync(new TransactionRequest(tasks, Complete(sent)))).Succeeded);
        // Both forms hold; what stops the second is the state of the task, not the proof.
        await RefusedAsync("NotInState(uint8)", turned);
        await RefusedAsync("NotInState(uint8)", sent);

        byte[] Complete(byte[] bytes, params Address[] paid)
        {
            if (paid.Length == 0) paid = [provider];
            var verdict = new Verdict(id, 0, Outcome.Complete, result, [.. paid.Select((to, i) =>
                new Finding(new AttemptId((uint)i + 1), to, Judgement.Paid, new Amount(300)))], 0);
            byte[] votes = SignatureBytes.Compact(validator.Sign(TypedData.Digest(
                new TypedDataDomain(chain.Network.ChainId, escrow), verdict)));
            var findings = paid.Select((to, i) => new TaskEscrow.Finding((uint)i + 1, to, 0, 300));
            return TaskEscrow.Calls.CompleteTask(
                order, new TaskEscrow.Verdict(id, 0, 0, result, [.. findings], 0), [.. votes], [.. bytes]);
        }

        async Task RefusedAsync(string reason, byte[] bytes, params Address[] paid)
        {
            var refusal = await Assert.ThrowsAsync<ChainException>(() =>
                chain.Rpc.CallAsync(new CallRequest(tasks, Complete(bytes, paid)) { From = sender.Address }));
            var selector = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(reason));
            Assert.Equal(Bytes(selector)[..4], refusal.RevertData!.Value[..4].ToArray());
        }
    }

    [Fact]
    public async Task A_result_that_is_not_the_proved_outputs_is_refused_even_with_a_proof_over_it()
    {
        // A prover may bind its proof to any result; only the contract sees that the outputs are not in it.
        var (circuit, statement, assignment) = ProvedTask.Inference(ProvedTask.Binding);
        using var key = new CircuitKey(circuit);
        var (proof, _) = key.Prove(assignment);
        var sent = TaskContract.Encode(ProvedTask.Binding, statement.Words, proof);
        await using (var careless = await VerifierScene.StartAsync("Careless",
            TaskContract.Write("Careless", key.VerificationKey, new TaskContractShape(statement.Words.Length))))
            Assert.True(await careless.VerifiesAsync(ProvedTask.Binding, sent));
        await using var scene = await VerifierScene.StartAsync(
            "Inference", TaskContract.Write("Inference", key.VerificationKey, Shape(statement)));
        Assert.False(await scene.VerifiesAsync(ProvedTask.Binding, sent));

        var right = ProvedTask.Binding with { Result = SHA256.HashData(ManifestOf(statement.ResultContent)) };
        var (_, ofRight, inputs) = ProvedTask.Inference(right);
        var (fitting, _) = key.Prove(inputs);
        Assert.True(await scene.VerifiesAsync(right, TaskContract.Encode(right, ofRight.Words, fitting)));
    }

    /// <summary>The governor of the escrow names the contract; here its timelock is spoken for.</summary>
    private static async Task AdmitAsync(
        ChainScene chain, TransactionSender sender, (Address Escrow, Address Tasks) at, CircuitKey key)
    {
        var (_, statement, _) = ProvedTask.Inference(ProvedTask.Binding);
        var made = await SolidityCompiler.CompileAsync(
            "Inference", TaskContract.Write("Inference", key.VerificationKey, Shape(statement)));
        var deployed = await sender.SendAsync(new TransactionRequest(null, made.Code));
        // owner()
        var owner = Address.Read((await chain.Rpc.CallAsync(
            new CallRequest(at.Escrow, new byte[] { 0x8d, 0xa5, 0xcb, 0x5b }))).AsSpan(12));
        await chain.Hand.BalanceAsync(owner, new Amount(NetworkPlan.Coin));
        await chain.Hand.DoAsync("anvil_impersonateAccount", owner.ToString());
        var call = TaskEscrow.Calls.SetVerifier(Circuit, deployed.ContractAddress!.Value);
        await chain.Hand.DoAsync("eth_sendTransaction", JsonSerializer.SerializeToElement(new
        {
            from = owner.ToString(),
            to = at.Tasks.ToString(),
            data = "0x" + Convert.ToHexStringLower(call),
        }));
    }

    private static TaskContractShape Shape(InferenceStatement statement)
    {
        var manifest = ManifestOf(statement.ResultContent);
        var digest = SHA256.HashData(statement.ResultContent);
        var at = manifest.AsSpan().IndexOf(digest);
        Assert.True(at > 0);
        return new TaskContractShape(statement.Words.Length)
        {
            Pinned = new Dictionary<int, Fr> { [0] = statement.Model },
            Result = new ResultForm(2, manifest.AsMemory(0, at), manifest.AsMemory(at + digest.Length)),
        };
    }

    private static byte[] ManifestOf(byte[] content) => ProtocolWire.Encode(new ResultManifest(
        [new ResultFile(ResultManifest.StandardOutput, Digest.Read(SHA256.HashData(content)), (ulong)content.Length)]));

    private static async Task SendAsync(TransactionSender sender, Address to, byte[] call) =>
        Assert.True((await sender.SendAsync(new TransactionRequest(to, call))).Succeeded);

    private static byte[] Bytes(TaskId task)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, task.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), task.Low);
        return bytes;
    }

    private static byte[] Bytes(Digest digest)
    {
        var bytes = new byte[Digest.Size];
        digest.Write(bytes);
        return bytes;
    }

    private static byte[] Bytes(Address address)
    {
        var bytes = new byte[Address.Size];
        address.Write(bytes);
        return bytes;
    }
}
