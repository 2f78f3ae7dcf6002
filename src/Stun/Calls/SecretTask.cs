using System.Security.Cryptography;
using Stun.Node.Gateway;
using Stun.Node.Secrets;
using Stun.Protocol;
using Stun.Tee;
using Stun.Tee.Checks;
using Stun.Tee.Release;

namespace Stun.Calls;

/// <summary>What a requester asks of whoever is to see its inputs.</summary>
/// <param name="Policy">The file; null asks for no hardware: then the provider's owner can read.</param>
/// <param name="Collateral">What is known of the makers' keys beside the evidence.</param>
internal sealed record SecretTerms(
    ReadOnlyMemory<byte>? Policy, TrustRoots Roots, Func<EvidenceBundle, Collateral> Collateral);

/// <summary>
/// Makes a task whose inputs one provider alone can read: its evidence is asked for and judged here, by nobody else,
/// before anything is sealed.
/// </summary>
internal sealed class SecretTask(NodeCalls calls, SecretTerms terms)
{
    /// <summary>Each is paid for some seconds of its time.</summary>
    private const int ProvidersMax = 5;

    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(60), ReceiptWithin = TimeSpan.FromSeconds(5);

    /// <summary>It lies in memory: what is usual for a disk would be much.</summary>
    private const uint DiskMiBUsual = 64;

    private const string OddCode = "secret.answer";

    private static readonly string Nothing = $"sha256:{Digest.Zero}";

    /// <summary>The form with its inputs sealed, and what opens the outputs.</summary>
    /// <param name="form">Without inputs.</param>
    public async Task<(TaskForm Form, OutputOpener Outputs)> SealAsync(
        TaskForm form, IReadOnlyList<(string Name, string Path)> inputs, CancellationToken cancel)
    {
        RequireSealable(form, inputs);
        form = form with
        {
            Resources = (form.Resources ?? new ResourcesForm()) with
            {
                DiskMib = form.Resources?.DiskMib ?? DiskMiBUsual,
            },
            Privacy = terms.Policy is null ? "none" : "tee",
            Verification = await VerificationAsync(cancel).ConfigureAwait(false),
        };
        List<CommandException> refusals = [];
        while (true)
            try
            {
                return await SealToOneAsync(form, inputs, refusals, cancel).ConfigureAwait(false);
            }
            catch (RefusedException refused) when (refusals.Count + 1 < ProvidersMax)
            {
                refusals.Add(refused.Why);
                Screen.Note($"stun: {refused.Why.Message}");
                form = form with { Providers = Without(form.Providers, refused.Provider) };
            }
            catch (RefusedException refused)
            {
                throw refused.Why;
            }
    }

    private static ChoiceForm Without(ChoiceForm? choice, Address provider)
    {
        choice ??= new ChoiceForm();
        return choice with { Denied = [.. choice.Denied ?? [], provider.ToString()] };
    }

    private async Task<(TaskForm Form, OutputOpener Outputs)> SealToOneAsync(
        TaskForm form, IReadOnlyList<(string Name, string Path)> inputs, List<CommandException> refusals,
        CancellationToken cancel)
    {
        var challenge = RandomNumberGenerator.GetBytes(SealedTask.RequestSize);
        var answer = await AskAsync(form, challenge, refusals, cancel).ConfigureAwait(false);
        form = form with
        {
            Providers = (form.Providers ?? new ChoiceForm()) with { Allowed = [answer.Provider.ToString()] },
            Inputs =
            [
                .. inputs.Select(input => new InputForm(input.Name, Nothing, 0)),
                new InputForm(TaskSpec.SealName, Nothing, 0),
            ],
        };
        var spec = OrderDesk.Read(form, Address.Zero, 0, default).Spec;
        var policy = terms.Policy is { } file ? PolicyFile.Read(file) : TeePolicy.Default;
        var bound = new SealedTask(challenge, ReadOnlyMemory<byte>.Empty).Binding(spec);
        using var request = new SecretRequest(new EvidenceVerifier(terms.Roots), policy, bound)
        {
            Nonce = EvidenceNonce.ForRequest(answer.Provider, challenge),
        };
        Accept(request, answer);
        List<InputForm> sealedInputs = [];
        foreach (var (name, path) in inputs)
            sealedInputs.Add(await SealAsync(request, name, path, cancel).ConfigureAwait(false));
        var seal = new SealedTask(challenge, request.ReplyKey).Encode();
        sealedInputs.Add(new InputForm(
            TaskSpec.SealName, await PutAsync(seal, cancel).ConfigureAwait(false), (ulong)seal.Length));
        return (form with { Inputs = sealedInputs }, request.Outputs());
    }

    private async Task<VerificationForm> VerificationAsync(CancellationToken cancel) => terms.Policy is not { } policy
        ? new VerificationForm { Kind = "none" }
        : new VerificationForm { Kind = "tee", Policy = await PutAsync(policy, cancel).ConfigureAwait(false) };

    private static void RequireSealable(TaskForm form, IReadOnlyList<(string Name, string Path)> inputs)
    {
        if (inputs.Count == 0)
            throw CommandException.Usage("There is nothing to seal.", "Name the secret files with --input NAME=FILE.");
        if (inputs.Any(input => input.Name == TaskSpec.SealName || input.Name.EndsWith('/')))
            throw CommandException.Usage(
                $"An input that is sealed cannot be called '{TaskSpec.SealName}', nor be a whole result.",
                "Give it another name.");
        if (form.Verification is not null)
            throw CommandException.Usage("--verify does not go with sealed inputs.",
                "Leave it out: the evidence of the hardware is what the task is verified by.");
    }

    /// <summary>A small task of its own: which provider can keep the secret, and to which key.</summary>
    private async Task<Answer> AskAsync(
        TaskForm form, byte[] challenge, List<CommandException> refusals, CancellationToken cancel)
    {
        var ask = new TaskForm
        {
            Attestation = await PutAsync(challenge, cancel).ConfigureAwait(false),
            Resources = form.Resources,
            Providers = form.Providers,
            Privacy = form.Privacy,
            // It is judged here, and here one learns what is wrong with it.
            Verification = new VerificationForm { Kind = "none" },
            RunTimeMaxSeconds = 60,
            PriceLimit = form.PriceLimit,
            Deadline = DateTimeOffset.UtcNow + AnsweredWithin,
        };
        if (refusals.Count > 0 && await IsNobodyLeftAsync(ask, cancel).ConfigureAwait(false)) throw refusals[^1];
        var asked = await calls.PostAsync<TaskView>("/v1/tasks", ask, cancel).ConfigureAwait(false);
        var ended = await TaskFollower.WaitAsync(calls, asked.Id, cancel).ConfigureAwait(false);
        if (ended.Result is null || ended.State is "failed" or "cancelled" or "refused")
        {
            if (refusals.Count > 0) throw refusals[^1];
            var why = await calls.GetAsync<WhyView>($"/v1/tasks/{asked.Id}/why", cancel).ConfigureAwait(false);
            throw new CommandException("secret.nobody",
                "No provider has answered who could keep the secret, and nothing was sent: "
                + string.Join(" ", WhyStory.Lines(why, who => who)),
                $"See 'stun task why {asked.Id}', and 'stun provider status' for who offers trusted hardware.");
        }
        return await ReadAnswerAsync(asked.Id, ended.Result, ask, cancel).ConfigureAwait(false);
    }

    private async Task<bool> IsNobodyLeftAsync(TaskForm ask, CancellationToken cancel)
    {
        try
        {
            var told = await calls.PostAsync<EstimateView>("/v1/tasks/estimate", ask, cancel).ConfigureAwait(false);
            return told.Candidates == 0;
        }
        catch (CommandException unknown) when (unknown.Code is "estimate.elsewhere" or "node.busy")
        {
            return false;
        }
    }

    /// <summary>What a provider has signed: neither the node nor anybody on the way can put in another key.</summary>
    private async Task<Answer> ReadAnswerAsync(
        string task, string result, TaskForm ask, CancellationToken cancel)
    {
        var receipt = await ReceiptAsync(task, result, cancel).ConfigureAwait(false);
        RequireAsked(receipt, ask);
        try
        {
            return await ReadAnswerAsync(receipt, cancel).ConfigureAwait(false);
        }
        catch (CommandException odd) when (odd.Code == OddCode)
        {
            // Its provider has signed this. Others may do better.
            throw new RefusedException(receipt.Provider, odd);
        }
    }

    private async Task<Answer> ReadAnswerAsync(Receipt receipt, CancellationToken cancel)
    {
        ReadOnlyMemory<byte>? key = null;
        EvidenceBundle? evidence = null;
        foreach (var file in Files(await BlobAsync(receipt.Result, WireLimits.MessageBytesMax, cancel)
            .ConfigureAwait(false)))
        {
            if (file.Name is not (SealedTask.KeyFile or SealedTask.EvidenceFile)) continue;
            var content = await BlobAsync(file.Digest, TeeLimits.BundleBytesMax, cancel).ConfigureAwait(false);
            if (file.Name == SealedTask.KeyFile) key = content;
            else evidence = Decode(content);
        }
        return new Answer(receipt.Provider, key ?? throw Odd("there is no key in it"), evidence);
    }

    /// <summary>
    /// It answers this very question, by its challenge, and is by somebody who was asked: a node could else show what a
    /// provider has signed for somebody else, or a provider of its own choice.
    /// </summary>
    private static void RequireAsked(Receipt receipt, TaskForm ask)
    {
        var spec = OrderDesk.Read(ask, Address.Zero, 0, default).Spec;
        if (receipt.Spec != TypedData.SpecDigest(spec)) throw Odd("it answers another question");
        var (allowed, denied) = (spec.Policy.ProvidersAllowed, spec.Policy.ProvidersDenied);
        if ((allowed.Count > 0 && !allowed.Contains(receipt.Provider)) || denied.Contains(receipt.Provider))
            throw Odd($"{receipt.Provider} was not asked");
    }

    private static ResultFile[] Files(byte[] manifest)
    {
        try
        {
            return ProtocolWire.DecodeResultManifest(manifest).Files.Span.ToArray();
        }
        catch (WireException malformed)
        {
            throw Odd(malformed.Message);
        }
    }

    /// <summary>A node tells of a result a moment before its receipt can be read.</summary>
    private async Task<Receipt> ReceiptAsync(string task, string result, CancellationToken cancel)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancel).ConfigureAwait(false))
        {
            using var response = await calls.OpenAsync($"/v1/tasks/{task}/receipts", "application/cbor", cancel)
                .ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            var faults = OfflineCheck.Faults(bytes, null);
            var bundle = faults.Count == 0 ? ProofBundle.Decode(bytes) : throw Odd(faults[0]);
            foreach (var signed in bundle.Receipts)
                if (signed.Receipt.Task.ToString() == task && $"sha256:{signed.Receipt.Result}" == result)
                    return signed.Receipt;
            if (TimeProvider.System.GetElapsedTime(began) > ReceiptWithin) throw Odd("nobody has signed it");
        }
    }

    private void Accept(SecretRequest request, Answer answer)
    {
        try
        {
            if (terms.Policy is null)
            {
                request.AcceptWithoutHardware(answer.Key);
                Screen.Note($"stun: sealed to {answer.Provider}: nobody on the way reads it, ITS OWNER CAN");
                return;
            }
            var collateral = answer.Evidence is { } bundle ? terms.Collateral(bundle) : Collateral.None;
            request.Accept(answer.Evidence, collateral, DateTimeOffset.UtcNow);
        }
        catch (KeyReleaseException refused)
        {
            throw new RefusedException(answer.Provider, new CommandException(refused.Code,
                $"Nothing secret was sent to {answer.Provider}. {refused.Message}",
                "docs/operating/tee.md tells what each check means. Look at the policy, and at --collateral."));
        }
        Screen.Note($"stun: {answer.Provider} has shown {Named(request.Verdict!)}; inputs are sealed to it");
    }

    private static string Named(TeeVerdict verdict) => verdict.IsPretended
        ? "a TEE IN SOFTWARE, WHICH PROTECTS NOTHING" : $"{verdict.Kind} hardware that the policy takes";

    private async Task<InputForm> SealAsync(
        SecretRequest request, string name, string path, CancellationToken cancel)
    {
        var file = Path.Combine(Path.GetTempPath(), $"stun-{Guid.NewGuid():n}.sealed");
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
        };
        var plain = File.OpenRead(path);
        var sealedFile = new FileStream(file, options);
        await using (plain.ConfigureAwait(false))
        await using (sealedFile.ConfigureAwait(false))
        {
            await request.SealInputAsync(name, plain, sealedFile, cancel).ConfigureAwait(false);
            sealedFile.Position = 0;
            return await InputFiles.UploadAsync(calls, name, sealedFile, cancel).ConfigureAwait(false);
        }
    }

    private async Task<string> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return (await InputFiles.UploadAsync(calls, "", stream, cancel).ConfigureAwait(false)).Digest!;
    }

    private async Task<byte[]> BlobAsync(Digest digest, long bytesMax, CancellationToken cancel)
    {
        using var response = await calls.OpenAsync($"/v1/blobs/sha256:{digest}", null, cancel).ConfigureAwait(false);
        if (response.Content.Headers.ContentLength is not { } length || length > bytesMax)
            throw Odd($"sha256:{digest} is too large");
        var bytes = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
        return Digest.Read(SHA256.HashData(bytes)) == digest ? bytes : throw Odd($"sha256:{digest} is something else");
    }

    private static EvidenceBundle? Decode(byte[] bytes)
    {
        try
        {
            return EvidenceBundle.Decode(bytes);
        }
        catch (EvidenceException broken)
        {
            throw Odd(broken.Message);
        }
    }

    private static CommandException Odd(string what) => new(OddCode,
        $"The answer to the challenge is not what it must be, and nothing was sent: {what}",
        "Try again; if it stays so, the provider or the node is broken or lies.");

    /// <summary>Another provider may do.</summary>
    private sealed class RefusedException(Address provider, CommandException why) : Exception(why.Message, why)
    {
        public Address Provider => provider;

        public CommandException Why => why;
    }

    private sealed record Answer(Address Provider, ReadOnlyMemory<byte> Key, EvidenceBundle? Evidence);
}
