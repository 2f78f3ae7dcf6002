using Stun.Chain.Evm;
using Stun.Node;
using Stun.Node.Policies;
using Stun.Node.Settings;
using Stun.Tests.Configuration;

namespace Stun.Tests.Policies;

/// <summary>Reading, refusing, writing and signing of policies, and their reference.</summary>
public sealed class PolicyFileTests
{
    private static readonly ReferenceDocument Document = new("docs/reference/policy.md");
    private static readonly TypedDataDomain Domain = new(7, new Address(1, 2, 3));

    [Fact]
    public void Every_fault_of_a_file_is_told_with_its_place()
    {
        const string Text = """
            version: 2
            imagez:
              allowed: []
            images:
              allowed: []
              source: [docker://a/b]
              sources: [nothing]
            task:
              cpu: a lot
              memory: 1KiB
              memory: 2GiB
              gpus: [1]
            hours:
              windows: [mon-fri 18:00-08:00 +01:00, mon 25:00-26:00]
            price:
            privacy:
              accepted:
            requesters:
              denied: [0x12]
              homes: { a: b }

            """;
        var failure = Assert.Throws<NodeException>(() => ProviderPolicy.Parse(Text, "p.yaml"));
        Assert.Equal("policy.invalid", failure.Code);
        GoldenFile.Check("tests/Stun.Tests/Policies/faults.txt", failure.Message + "\n");
        Assert.Equal(14, failure.Faults.Count);
    }

    [Theory]
    [InlineData("", "version: It is missing")]
    [InlineData("- a\n- b\n", "not made of 'key: value'")]
    [InlineData("version: 1\n---\nversion: 1\n", "A second document")]
    [InlineData("version: 1\nimages: &a\n  denied: []\n", "p.yaml:2:9: An anchor")]
    [InlineData("version: 1\nimages: *a\n", "p.yaml:2:9: An alias")]
    [InlineData("version: !!int 1\n", "p.yaml:1:10: A tag")]
    [InlineData("version: 1\n? [a, b]\n: c\n", "A key that is no text")]
    [InlineData("version: 1\nimages: {\n", "This is no YAML")]
    [InlineData("version: 1\n\timages: 1\n", "This is no YAML")]
    [InlineData("a: [[[[[[[[[[[[1]]]]]]]]]]]]\n", "levels deep")]
    [InlineData("version: 1\nimages.allowed: []\n", "There is no such key")]
    [InlineData("version: 1\n'#': 1\n", "There is no such key")]
    public void What_is_no_policy_is_refused_with_its_reason(string text, string reason)
    {
        var failure = Assert.Throws<NodeException>(() => ProviderPolicy.Parse(text, "p.yaml"));
        Assert.Equal("policy.invalid", failure.Code);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bomb_of_aliases_and_a_huge_file_are_refused_at_once()
    {
        var bomb = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n";
        Assert.Contains("alias", Refusal(bomb), StringComparison.Ordinal);
        Assert.Contains("64 KiB", Refusal("version: 1\n#" + new string('x', 64 << 10)), StringComparison.Ordinal);
        Assert.Contains("levels deep", Refusal("a: " + new string('[', 60_000)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rubbish_made_of_good_files_is_refused_or_read_and_nothing_else_happens()
    {
        var random = new Random(20_261_121);
        var seeds = Document.Examples();
        const string Signs = "{}[]:-#&*!|>'\"%@`,? \n\t\0\u0085\ud800é~0a";
        for (var round = 0; round < 1_500; round++)
        {
            var text = new System.Text.StringBuilder(seeds[round % 2]);
            for (var change = random.Next(1, 8); change > 0; change--)
            {
                var place = random.Next(text.Length);
                var length = Math.Min(random.Next(1, 20), text.Length - place);
                switch (random.Next(4))
                {
                    case 0: text.Insert(place, Signs[random.Next(Signs.Length)]); break;
                    case 1: text[place] = Signs[random.Next(Signs.Length)]; break;
                    case 2: text.Remove(place, length); break;
                    default: text.Insert(random.Next(text.Length), text.ToString(place, length)); break;
                }
                if (text.Length == 0) text.Append('a');
            }
            Read(text.ToString(), isProvider: round % 2 == 0);
        }
    }

    private static void Read(string text, bool isProvider)
    {
        try
        {
            if (isProvider)
            {
                var policy = ProviderPolicy.Parse(text, "p.yaml");
                Assert.Equal(policy, ProviderPolicy.Parse(policy.Canonical, "c.yaml"));
            }
            else
            {
                RequesterPolicyFile.Parse(text, "p.yaml");
            }
        }
        catch (NodeException failure)
        {
            Assert.Equal("policy.invalid", failure.Code);
            Assert.NotEmpty(failure.Faults);
        }
    }

    [Fact]
    public void The_canonical_form_reads_as_the_same_policy_and_is_its_own()
    {
        foreach (var text in new[] { Document.Examples()[0], "version: 1\n" })
        {
            var policy = ProviderPolicy.Parse(text, "p.yaml");
            var again = ProviderPolicy.Parse(policy.Canonical, "p.yaml");
            Assert.Equal(policy.Canonical, again.Canonical);
            Assert.Equal(policy.Explain(PolicyScene.Facts, PolicyScene.Now, PolicyLoad.Idle),
                again.Explain(PolicyScene.Facts, PolicyScene.Now, PolicyLoad.Idle));
        }
    }

    [Fact]
    public void Order_comments_and_spelling_do_not_change_a_digest_and_every_value_does()
    {
        var digest = Digest("version: 1\nrequesters: { homes: [a, b] }\ntask: { memory: 1GiB, run-time: 1h }\n");
        Assert.Equal(digest, Digest(
            "# said\ntask:\n  run-time: 60min\n  memory: '1024MiB'\nrequesters:\n  homes: [b, a, b]\nversion: 1\n"));
        Assert.NotEqual(digest,
            Digest("version: 1\nrequesters: { homes: [a] }\ntask: { memory: 1GiB, run-time: 1h }\n"));
        var lines = ProviderPolicy.Parse(Document.Examples()[0], "p").Canonical.Split('\n');
        Assert.Equal(PolicyKeys.Provider.All.Count, lines.Count(line => line.Contains(": ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_signed_policy_comes_back_and_any_change_is_seen()
    {
        using var key = EvmKey.Generate();
        var signed = SignedPolicy.Sign(ProviderPolicy.Parse(Document.Examples()[0], "p.yaml"), key, Domain);
        Assert.True(signed.IsValid(Domain));
        var text = signed.ToText();
        var read = SignedPolicy.Parse(text, "s.yaml");
        Assert.Equal(signed, read);
        Assert.Equal(read.Policy.Digest, ProviderPolicy.Parse(text, "s.yaml").Digest);
        Assert.False(read.IsValid(new TypedDataDomain(8, Domain.Contract)));
        Assert.False(read.IsValid(new TypedDataDomain(7, new Address(1, 2, 4))));
        var cheaper = text.Replace("per-second-min: \"250\"", "per-second-min: \"249\"");
        Assert.NotEqual(text, cheaper);
        Assert.False(SignedPolicy.Parse(cheaper, "s.yaml").IsValid(Domain));
        Assert.False((read with { Provider = new Address(9, 9, 9) }).IsValid(Domain));
        Assert.Equal("policy.changed", Code(() => SignedPolicy.Parse("# a\n" + text, "s.yaml")));
        Assert.Equal("policy.unsigned", Code(() => SignedPolicy.Parse(signed.Policy.Canonical, "s.yaml")));
        Assert.Equal("policy.invalid", Code(() => SignedPolicy.Parse("a: b\n" + text, "s.yaml")));
    }

    [Fact]
    public void The_reference_has_the_keys_and_rules_of_the_code_and_its_examples_use_them_all()
    {
        Document.CheckTables("provider", PolicyKeys.Provider, isForProgram: false);
        Document.CheckTables("requester", PolicyKeys.Requester, isForProgram: false);
        Assert.All(PolicyRules.Names, name =>
            Assert.Contains($"| `{name}` | ", Document.Text, StringComparison.Ordinal));
        Assert.Equal(2, Document.Examples().Count);
        foreach (var (text, table) in Document.Examples().Zip([PolicyKeys.Provider, PolicyKeys.Requester]))
        {
            var settings = PolicyFile.Read(table, text, "example", "example");
            Assert.All(table.All, key => Assert.True(settings.Has(key.Path), $"The example lacks {key.Path}."));
        }
    }

    [Fact]
    public void Defaults_and_examples_of_keys_can_be_read()
    {
        foreach (var key in PolicyKeys.Provider.All.Concat(PolicyKeys.Requester.All))
        {
            Assert.True(key.Form.Read(key.Example) is not null, $"{key.Path}: {key.Example}");
            foreach (var item in key.Default is "" or "[]" ? [] : key.IsList ? key.Default.Split(", ") : [key.Default])
                Assert.True(
                    key.Form.Read(item) is { } value && key.Form.Read(key.Form.Write(value)) is not null, key.Path);
        }
    }

    private static Digest Digest(string text) => ProviderPolicy.Parse(text, "p.yaml").Digest;

    private static string Code(Action action) => Assert.Throws<NodeException>(action).Code;

    private static string Refusal(string text) =>
        Assert.Throws<NodeException>(() => ProviderPolicy.Parse(text, "p.yaml")).Message;
}
