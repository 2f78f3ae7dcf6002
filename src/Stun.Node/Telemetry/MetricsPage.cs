using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Stun.Node.Telemetry;

/// <summary>
/// Gathers what the instruments of one meter say, and writes it as a page that Prometheus reads. Labels come from a
/// few fixed words, so that a stranger cannot make the page grow.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    /// <summary>Seconds, from what happens in memory to what waits for people.</summary>
    private static readonly double[] Bounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Series> series = new(StringComparer.Ordinal);
    private readonly MeterListener listener = new();

    private sealed class Series(Instrument instrument)
    {
        public Instrument Instrument => instrument;
        public SortedDictionary<string, Cell> Cells { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Cell
    {
        public double Value { get; set; }
        public long Count { get; set; }
        public long[] Buckets { get; } = new long[Bounds.Length];
    }

    public MetricsPage(Meter meter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    public string Write()
    {
        listener.RecordObservableInstruments();
        var page = new StringBuilder();
        lock (gate)
        {
            foreach (var (name, one) in series) Write(page, name, one);
        }
        return page.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (gate)
        {
            if (!series.TryGetValue(instrument.Name, out var one))
                series.Add(instrument.Name, one = new Series(instrument));
            var labels = LabelsOf(tags);
            if (!one.Cells.TryGetValue(labels, out var cell)) one.Cells.Add(labels, cell = new Cell());
            cell.Count++;
            cell.Value = IsSum(instrument) ? cell.Value + value : value;
            if (instrument is not (Histogram<double> or Histogram<long>)) return;
            for (var index = 0; index < Bounds.Length; index++)
                if (value <= Bounds[index]) cell.Buckets[index]++;
        }
    }

    private static bool IsSum(Instrument instrument) =>
        instrument is Counter<long> or Counter<double> or UpDownCounter<long> or Histogram<double> or Histogram<long>;

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            var word = $"{value}".Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append(text.Length == 0 ? "" : ",").Append(key).Append("=\"").Append(word).Append('"');
        }
        return text.ToString();
    }

    private static void Write(StringBuilder page, string name, Series one)
    {
        var kind = one.Instrument switch
        {
            Histogram<double> or Histogram<long> => "histogram",
            Counter<long> or Counter<double> or ObservableCounter<long> or ObservableCounter<double> => "counter",
            _ => "gauge",
        };
        page.Append("# HELP ").Append(name).Append(' ').Append(one.Instrument.Description).Append('\n');
        page.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
        foreach (var (labels, cell) in one.Cells)
        {
            if (kind == "histogram") WriteHistogram(page, name, labels, cell);
            else Line(page, name, labels, cell.Value);
        }
    }

    private static void WriteHistogram(StringBuilder page, string name, string labels, Cell cell)
    {
        var comma = labels.Length == 0 ? "" : labels + ",";
        for (var index = 0; index < Bounds.Length; index++)
            Line(page, name + "_bucket",
                $"{comma}le=\"{Bounds[index].ToString(CultureInfo.InvariantCulture)}\"", cell.Buckets[index]);
        Line(page, name + "_bucket", $"{comma}le=\"+Inf\"", cell.Count);
        Line(page, name + "_sum", labels, cell.Value);
        Line(page, name + "_count", labels, cell.Count);
    }

    private static void Line(StringBuilder page, string name, string labels, double value)
    {
        page.Append(name);
        if (labels.Length > 0) page.Append('{').Append(labels).Append('}');
        page.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
