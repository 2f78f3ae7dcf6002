namespace Stun.Engine.Placement;

/// <summary>
/// The rows of all offers, found by name or provider. A row keeps its place until its offer is removed.
/// </summary>
internal sealed class OfferRows
{
    private readonly Dictionary<OfferName, int> byName = [];
    private readonly Dictionary<Address, int> firstOfProvider = [];
    private OfferRow[] rows = new OfferRow[64];
    private OfferFace[] faces = new OfferFace[64];
    private readonly List<int> vacant = [];

    /// <summary>Offer ids are chosen by providers: two of them may choose the same.</summary>
    private readonly record struct OfferName(Address Provider, OfferId Offer);

    /// <summary>All rows in use lie below.</summary>
    public int Limit { get; private set; }

    public ref OfferRow this[int index] => ref rows[index];

    public ref readonly OfferFace Face(int index) => ref faces[index];

    /// <summary>To be called whenever offer or standing of a row changed.</summary>
    public void Reface(int index) => faces[index] = OfferFace.Of(rows[index].Offer, rows[index].Standing);

    public bool TryFind(Address provider, OfferId offer, out int index) =>
        byName.TryGetValue(new OfferName(provider, offer), out index);

    public int FirstOf(Address provider) => firstOfProvider.GetValueOrDefault(provider, OfferRow.Nowhere);

    public int Add(Offer offer)
    {
        var index = Limit;
        if (vacant.Count > 0)
        {
            index = vacant[^1];
            vacant.RemoveAt(vacant.Count - 1);
        }
        else
        {
            if (++Limit > rows.Length) Grow();
        }
        var next = FirstOf(offer.Provider);
        rows[index] = new OfferRow { Offer = offer, NextOfProvider = next, Seats = Seats.None };
        byName.Add(new OfferName(offer.Provider, offer.Id), index);
        firstOfProvider[offer.Provider] = index;
        return index;
    }

    private void Grow()
    {
        Array.Resize(ref rows, rows.Length * 2);
        Array.Resize(ref faces, rows.Length);
    }

    public void Remove(int index)
    {
        var offer = rows[index].Offer;
        var next = rows[index].NextOfProvider;
        var before = FirstOf(offer.Provider);
        if (before == index)
        {
            if (next == OfferRow.Nowhere) firstOfProvider.Remove(offer.Provider);
            else firstOfProvider[offer.Provider] = next;
        }
        else
        {
            while (rows[before].NextOfProvider != index) before = rows[before].NextOfProvider;
            rows[before].NextOfProvider = next;
        }
        byName.Remove(new OfferName(offer.Provider, offer.Id));
        rows[index] = default;
        vacant.Add(index);
    }

    /// <summary>Brings row numbers into an order in which like is next to like; those not in use come last.</summary>
    public void Sort(Span<int> order) => order.Sort(new RowOrder(rows));

    /// <summary>Of one kind: requests cannot tell them apart but by price, standing and what is free.</summary>
    public bool AreAlike(int left, int right) => RowOrder.CompareKind(
        rows[left].Offer, rows[left].Traits, rows[right].Offer, rows[right].Traits) == 0;
}

/// <summary>By hardware, place, price and name: neighbours are fit for the same requests.</summary>
internal sealed class RowOrder(OfferRow[] rows) : IComparer<int>
{
    public int Compare(int left, int right)
    {
        var (one, other) = (rows[left].Offer, rows[right].Offer);
        if (one is null || other is null) return one is null ? other is null ? left.CompareTo(right) : 1 : -1;
        return Compare(one, rows[left].Traits, other, rows[right].Traits);
    }

    public static int Compare(Offer left, OfferTraits leftTraits, Offer right, OfferTraits rightTraits)
    {
        var order = CompareKind(left, leftTraits, right, rightTraits);
        if (order == 0) order = left.PricePerSecond.CompareTo(right.PricePerSecond);
        if (order == 0) order = left.Provider.CompareTo(right.Provider);
        return order != 0 ? order : left.Id.CompareTo(right.Id);
    }

    public static int CompareKind(Offer left, OfferTraits leftTraits, Offer right, OfferTraits rightTraits)
    {
        // The name of the model after its figures: who invents names must not scatter like hardware over the tree.
        var order = left.Hardware.GpuMemoryMiB.CompareTo(right.Hardware.GpuMemoryMiB);
        if (order == 0) order = left.Hardware.ComputeCapability.CompareTo(right.Hardware.ComputeCapability);
        if (order == 0) order = left.Hardware.GpuModel.CompareTo(right.Hardware.GpuModel);
        if (order == 0) order = left.Region.CompareTo(right.Region);
        return order != 0 ? order : leftTraits.CompareTo(rightTraits);
    }
}
