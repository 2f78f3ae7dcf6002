using System.Text.Json.Nodes;
using Stun.Cbor;

namespace Stun.Tests.Protocol;

/// <summary>The digests against those that ethers computed: api/vectors/README.md tells how.</summary>
public sealed class TypedDataTests
{
    private static readonly JsonNode Vectors =
        JsonNode.Parse(File.ReadAllText(Repository.PathOf("api/vectors/typed-data.json")))!;

    [Fact]
    public void Domain_separators_are_those_of_another_implementation()
    {
        foreach (var vector in Vectors["separators"]!.AsArray())
            Assert.Equal(DigestOf(vector!["separator"]), Domain(vector).Separator);
    }

    [Fact]
    public void Digests_are_those_of_another_implementation()
    {
        var checkedCount = 0;
        foreach (var vector in Vectors["vectors"]!.AsArray())
        {
            var (domain, message, expected) = (Domain(vector!), vector!["message"]!, DigestOf(vector["digest"]));
            switch ((string)vector["type"]!)
            {
                case "TaskOrder":
                    var order = Order(vector, message);
                    Assert.Equal(DigestOf(message["spec"]), TypedData.SpecDigest(order.Spec));
                    Assert.Equal(expected, TypedData.Digest(domain, order));
                    Assert.Equal(TaskIdOf(vector["taskId"]), TypedData.TaskIdOf(domain, order));
                    break;
                case "CancelTask":
                    Assert.Equal(expected, TypedData.Digest(domain, TaskIdOf(message["task"])));
                    break;
                case "Receipt":
                    Assert.Equal(expected, TypedData.Digest(domain, Receipt(message)));
                    var commitment = TypedData.Commitment(expected, DigestOf(vector["salt"]));
                    Assert.Equal(DigestOf(vector["commitment"]), commitment);
                    break;
                case "Verdict":
                    Assert.Equal(expected, TypedData.Digest(domain, Verdict(message)));
                    break;
                case "CapabilityRecord":
                    var reader = new CborReader(Bytes(vector["recordCbor"]));
                    var record = ProtocolWire.ReadCapabilityRecord(ref reader);
                    Assert.Equal(DigestOf(message["record"]), TypedData.RecordDigest(record));
                    Assert.Equal(expected, TypedData.Digest(domain, record));
                    break;
                case var type:
                    Assert.Fail($"A vector of the unknown type {type}");
                    break;
            }
            checkedCount++;
        }
        Assert.Equal(34, checkedCount);
    }

    [Fact]
    public void Any_change_of_an_order_changes_its_id()
    {
        var domain = new TypedDataDomain(1, new Address(1, 2, 3));
        var order = (TaskOrder)new Wire.ExampleWireValues().Make(typeof(TaskOrder));
        TaskOrder[] changed =
        [
            order with { Requester = new Address(9, 9, 9) },
            order with { IdempotencyKey = 999 },
            order with { Spec = order.Spec with { Outputs = ["other"] } },
            order with { RunTimeMax = order.RunTimeMax + new Duration(1) },
            order with { PriceLimit = order.PriceLimit + new Amount(1) },
            order with { Deadline = order.Deadline + new Duration(1) },
            order with { Deadline = new Instant(-1) },
            order with { Priority = Priority.Urgent },
            order with { ModelCreator = default },
            order with { Home = default },
        ];
        var ids = changed.Append(order).Select(each => TypedData.TaskIdOf(domain, each)).ToList();
        ids.Add(TypedData.TaskIdOf(new TypedDataDomain(2, domain.Contract), order));
        ids.Add(TypedData.TaskIdOf(new TypedDataDomain(1, default), order));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static TaskOrder Order(JsonNode vector, JsonNode message)
    {
        var reader = new CborReader(Bytes(vector["specCbor"]));
        return new TaskOrder(
            AddressOf(message["requester"]),
            Number(message["idempotencyKey"]),
            ProtocolWire.ReadTaskSpec(ref reader),
            new Duration((long)Number(message["runTimeMax"])),
            AmountOf(message["priceLimit"]),
            new Instant((long)Number(message["deadline"])),
            (Priority)Number(message["priority"]),
            AddressOf(message["modelCreator"]),
            new Region(Number(message["home"])));
    }

    private static Receipt Receipt(JsonNode message) => new(
        new AttemptId(Number(message["attempt"])),
        TaskIdOf(message["task"]),
        AddressOf(message["provider"]),
        new OfferId(Number(message["offer"])),
        DigestOf(message["spec"]),
        DigestOf(message["result"]),
        DigestOf(message["proof"]),
        DigestOf(message["resumedFrom"]),
        new Duration((long)Number(message["runTime"])));

    private static Verdict Verdict(JsonNode message) => new(
        TaskIdOf(message["task"]),
        (ushort)Number(message["round"]),
        (Outcome)Number(message["outcome"]),
        DigestOf(message["result"]),
        ValueList.Create<Finding>([.. message["findings"]!.AsArray().Select(finding => Finding(finding!))]),
        (uint)Number(message["cheatPassPpb"]));

    private static Finding Finding(JsonNode finding) => new(
        new AttemptId(Number(finding["attempt"])),
        AddressOf(finding["provider"]),
        (Judgement)Number(finding["judgement"]),
        AmountOf(finding["pay"]));

    private static TypedDataDomain Domain(JsonNode vector) => new(
        Number(vector["domain"]!["chainId"]), AddressOf(vector["domain"]!["verifyingContract"]));

    private static byte[] Bytes(JsonNode? hex) => Convert.FromHexString(((string)hex!)[2..]);

    private static Digest DigestOf(JsonNode? hex) => Digest.Read(Bytes(hex));

    private static Address AddressOf(JsonNode? hex) => Address.Read(Bytes(hex));

    private static Amount AmountOf(JsonNode? text) => new(UInt128.Parse((string)text!));

    private static ulong Number(JsonNode? text) => ulong.Parse((string)text!);

    private static TaskId TaskIdOf(JsonNode? hex)
    {
        var digest = Digest.Read([.. Bytes(hex), .. new byte[16]]);
        return new TaskId(digest.A, digest.B);
    }

    [Fact]
    public void A_remembered_hash_is_never_inherited_by_a_copy_nor_part_of_equality()
    {
        TaskOrder first = new Scenes.OrderBuilder().Order, second = new Scenes.OrderBuilder().Order;
        var hash = TypedData.StructHash(first);
        Assert.Equal(first, second);
        Assert.Equal(first.GetHashCode(), second.GetHashCode());
        Assert.Equal(hash, TypedData.StructHash(second));
        Assert.NotEqual(hash, TypedData.StructHash(first with { PriceLimit = new Amount(77) }));
        Assert.Equal(hash, TypedData.StructHash(first with { PriceLimit = first.PriceLimit }));
        var spec = TypedData.SpecDigest(first.Spec);
        Assert.NotEqual(spec, TypedData.SpecDigest(first.Spec with { Command = ["other"] }));
        Assert.NotEqual(hash, TypedData.StructHash(first with { Spec = first.Spec with { Command = ["other"] } }));
    }
}
