namespace Stun.Tee.Arm;

/// <summary>One piece of a platform's firmware, as it measured itself while it started.</summary>
internal sealed record SoftwareComponent(string Name, byte[] Measurement, byte[] Signer, string Version)
{
    public static IReadOnlyList<SoftwareComponent> ReadAll(CborItem list)
    {
        List<SoftwareComponent> found = [];
        foreach (var item in list.AsArray("The list of firmware"))
        {
            var map = item.AsMap("A piece of firmware").ByNumber;
            var name = map.TryGetValue(1, out var type) ? type.AsText("The type of firmware") : $"{found.Count}";
            // Two of one type are told apart by their place.
            if (found.Exists(other => other.Name == name)) name = $"{name}#{found.Count}";
            found.Add(new SoftwareComponent(
                name, Needed(map, 2).AsBytes("A measurement of firmware"),
                Needed(map, 5).AsBytes("The signer of firmware"),
                map.TryGetValue(4, out var version) ? version.AsText("The version of firmware") : ""));
        }
        return found;
    }

    private static CborItem Needed(IReadOnlyDictionary<long, CborItem> map, long key) =>
        map.TryGetValue(key, out var item) ? item
            : throw new EvidenceException("format.claim", $"A piece of firmware lacks {key}.");
}
