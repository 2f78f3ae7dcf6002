using System.Reflection;

namespace Stun.Tests.Journal;

public sealed class NoteTests
{
    /// <summary>
    /// Notes go to operators' logs, which are read, shipped and kept by people who may see no requester's data. What a
    /// note can say is bounded by the types of its fields: a kind, a task's id and an address, all of fixed size.
    /// </summary>
    [Fact]
    public void A_note_can_carry_no_payload()
    {
        Type[] allowed = [typeof(NoteKind), typeof(TaskId), typeof(Address)];
        var fields = typeof(Effect.Note).GetFields(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        Assert.Equal(3, fields.Length);
        Assert.All(fields, field => Assert.Contains(field.FieldType, allowed));
        Assert.All(allowed, type => Assert.True(HoldsOnlyNumbers(type), $"{type.Name} can hold more than numbers."));
        // And there is no second way to write one.
        var ways = typeof(Outbox).GetMethods().Where(method => method.Name == nameof(Outbox.Note));
        var parameters = Assert.Single(ways).GetParameters().Select(parameter => parameter.ParameterType);
        Assert.Equal(allowed, parameters);
    }

    private static bool HoldsOnlyNumbers(Type type) => type.IsEnum || (type.IsValueType && type
        .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .All(field => field.FieldType == typeof(ulong) || field.FieldType == typeof(uint)));
}
