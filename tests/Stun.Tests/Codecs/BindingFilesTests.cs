using Stun.Bindings;

namespace Stun.Tests.Codecs;

public sealed class BindingFilesTests
{
    [Fact]
    public void Bindings_are_fresh()
    {
        var count = 0;
        foreach (var (path, text) in BindingFiles.From(Repository.Root))
        {
            count++;
            var file = Repository.PathOf(path);
            Assert.True(
                File.Exists(file) && File.ReadAllText(file) == text,
                $"{path} is not what the contract's artifact says. Run eng/generate and commit what it writes.");
        }
        Assert.True(count > 0, "No artifact was found.");
    }

    [Fact]
    public void No_binding_is_left_of_a_contract_that_is_gone() => Assert.Empty(BindingFiles.Orphans(Repository.Root));

    [Theory]
    [InlineData("""{"type":"function","name":"f","inputs":[{"type":"fixed128x18","name":"x"}]}""",
        "a.json holds the type fixed128x18 in f")]
    [InlineData("""{"type":"function","name":"f","inputs":[{"type":"function","name":"x"}]}""",
        "a.json holds the type function in f")]
    [InlineData("""{"type":"function","name":"f","inputs":[{"type":"uint7","name":"x"}]}""", "the type uint7 in f")]
    [InlineData("""{"type":"function","name":"f","inputs":[{"type":"tuple","name":"x","components":[]}]}""",
        "a tuple without a name in f")]
    [InlineData("""
        {"type":"event","name":"E","inputs":[],"anonymous":true}
        """, "the anonymous event E")]
    [InlineData("""
        {"type":"event","name":"E","inputs":[]},
        {"type":"event","name":"E","inputs":[{"type":"bool","name":"b","indexed":false}]}
        """, "more than one event of the name E")]
    [InlineData("""
        {"type":"error","name":"E","inputs":[]}, {"type":"error","name":"E","inputs":[{"type":"bool","name":"b"}]}
        """, "more than one error of the name E")]
    [InlineData("""
        {"type":"error","name":"a_b","inputs":[]}, {"type":"error","name":"aB","inputs":[]}
        """, "more than one error that C# would call AB")]
    [InlineData("""
        {"type":"function","name":"f","inputs":[{"type":"uint96","name":"x"}]},
        {"type":"function","name":"f","inputs":[{"type":"uint128","name":"x"}]}
        """, "two functions that C# would call F(UInt128)")]
    [InlineData("""
        {"type":"function","name":"f","inputs":[],"outputs":[{"type":"bool","name":""}]},
        {"type":"function","name":"f","inputs":[{"type":"bool","name":"b"}],"outputs":[{"type":"uint8","name":""}]}
        """, "two functions f with different answers")]
    [InlineData("""
        {"type":"function","name":"f","inputs":[{"type":"tuple","name":"x","internalType":"struct A.S",
         "components":[{"type":"bool","name":"b"}]}]},
        {"type":"function","name":"g","inputs":[{"type":"tuple","name":"x","internalType":"struct B.S[2]",
         "components":[{"type":"bool","name":"c"}]}]}
        """, "two different structs of the name S")]
    [InlineData("""
        {"type":"function","name":"f","inputs":[{"type":"tuple","name":"x","internalType":"struct Error",
         "components":[{"type":"bool","name":"b"}]}]}
        """, "a struct of the name Error")]
    [InlineData("""{"type":"dream"}""", "an item of the unknown type dream")]
    public void What_cannot_be_bound_is_refused_with_what_and_where(string abi, string what)
    {
        var json = $$"""{"name":"C","bytecode":"0x","abi":[{{abi}}]}""";
        var refusal = Assert.Throws<BindingException>(
            () => new BindingText(ContractModel.Read(json, "a.json"), "N", "a.json").Make());
        Assert.Contains(what, refusal.Message);
        Assert.StartsWith("a.json holds ", refusal.Message);
    }

    [Theory]
    [InlineData("""{"name":"C","abi":[],"bytecode":"0x__$aa$__"}""", "code with the place of a library")]
    [InlineData("""{"name":"C","abi":[],"bytecode":"0x6"}""", "code that is not hexadecimal")]
    [InlineData("""{"name":"C","abi":[]}""", "a.json is no artifact")]
    [InlineData("{", "a.json is no artifact")]
    [InlineData("[]", "a.json is no artifact")]
    public void What_is_no_artifact_is_refused_with_what_and_where(string json, string what) =>
        Assert.Contains(what, Assert.Throws<BindingException>(() => ContractModel.Read(json, "a.json")).Message);

    [Fact]
    public void A_contract_that_cannot_be_made_has_no_deployment()
    {
        var text = (string code) => new BindingText(
            ContractModel.Read($$"""{"name":"C","bytecode":"{{code}}","abi":[]}""", "a.json"), "N", "a.json").Make();
        Assert.DoesNotContain("Deploy", text("0x"));
        Assert.Contains("public static byte[] Deploy()", text("0x60"));
    }
}
