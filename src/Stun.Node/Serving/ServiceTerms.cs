using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stun.Node.Serving;

/// <summary>How a service is kept: what its owner may change, beside what is run.</summary>
public sealed record ServiceTerms
{
    public const int ReplicasLimit = 64, InFlightLimit = 1_024, QueueLimit = 10_000;

    /// <summary>An hour is long enough for a start to cost nothing beside it, and holds no more money than that.
    /// </summary>
    public static readonly Duration LifeUsual = Duration.Seconds(3_600);

    public int ReplicasMin { get; init; }

    public int ReplicasMax { get; init; } = 1;

    /// <summary>Calls that one replica answers at the same time; more of them ask for another replica.</summary>
    public int InFlightMax { get; init; } = 8;

    /// <summary>Calls that wait for a replica.</summary>
    public int QueueMax { get; init; } = 256;

    /// <summary>From the order to the first good answer; also how long a call waits for a replica.</summary>
    public Duration StartWithin { get; init; } = Duration.Seconds(120);

    /// <summary>With less to do than its replicas could for this long, it is given fewer.</summary>
    public Duration IdleAfter { get; init; } = Duration.Seconds(300);

    /// <summary>One replica's longest run time; another takes its place before.</summary>
    public Duration Life { get; init; } = LifeUsual;

    /// <summary>Is asked with GET; a replica that answers 2xx is ready.</summary>
    public string HealthPath { get; init; } = "/";

    /// <summary>What the owner pays for all replicas together in an hour, at most.</summary>
    public Amount PricePerHourMax { get; init; }

    /// <summary>Others may use it, at these prices.</summary>
    public bool IsShared { get; init; }

    public TokenPrices Prices { get; init; } = TokenPrices.Free;

    /// <summary>It answers the OpenAI API, under its own name as the model.</summary>
    public bool SpeaksOpenAi { get; init; }

    /// <summary>
    /// What one replica's order may cost. While one replica takes another's place there is one more than the most: all
    /// of them together stay below the cap at every moment, and so does every hour.
    /// </summary>
    public Amount PriceLimitOfOne => new(
        PricePerHourMax.Units * Life.SecondsStarted / 3_600 / (ulong)(ReplicasMax + 1));

    public string Text() => JsonSerializer.Serialize(this, ServiceJson.Default.ServiceTerms);

    public static ServiceTerms Read(string text) => JsonSerializer.Deserialize(text, ServiceJson.Default.ServiceTerms)!;
}

/// <param name="Spec">What every replica's order says.</param>
/// <param name="Creator">Of the model that is served; zero for none.</param>
public sealed record ServiceRecord(
    string Name, Address Owner, Instant CreatedAt, TaskSpec Spec, Address Creator, ServiceTerms Terms);

/// <summary>An order that was made for a service and has not ended, as far as anybody wrote down.</summary>
public sealed record OrderedReplica(TaskId Task, SignedOrder Order);

internal sealed class AmountText : JsonConverter<Amount>
{
    public override Amount Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        new(UInt128.Parse(reader.GetString()!, CultureInfo.InvariantCulture));

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class DurationText : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        new(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.Micros);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(AmountText), typeof(DurationText)])]
[JsonSerializable(typeof(ServiceTerms))]
internal sealed partial class ServiceJson : JsonSerializerContext;
