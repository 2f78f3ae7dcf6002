using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Stun;

/// <summary>
/// All that a person or a program reads of a command: results on the output, everything else on the errors, so that a
/// pipe carries results only.
/// </summary>
internal static class Screen
{
    /// <summary>As the API writes, and forgiving what a newer node adds.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Progress and colours, for somebody who looks on.</summary>
    public static bool IsWatched => !Console.IsErrorRedirected;

    private static readonly Lazy<IAnsiConsole> Watched = new(() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(Console.Error),
    }));

    public static void Line(string text) => Console.Out.WriteLine(text);

    public static void Note(string text) => Console.Error.WriteLine(text);

    public static void Write(object value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Json));

    public static void Raw(string text) => Console.Out.Write(text);

    public static async Task CopyAsync(Stream content, CancellationToken cancel)
    {
        var output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false))
        {
            await content.CopyToAsync(output, cancel).ConfigureAwait(false);
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Columns as wide as what is in them; nothing is cut, so that it can be copied and searched.</summary>
    public static void Table(IReadOnlyList<string> heads, IEnumerable<string[]> rows)
    {
        foreach (var line in TableLines(heads, rows)) Line(line);
    }

    public static IEnumerable<string> TableLines(IReadOnlyList<string> heads, IEnumerable<string[]> rows)
    {
        var all = rows.Prepend([.. heads]).ToList();
        var widths = heads.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        foreach (var row in all)
        {
            var line = new StringBuilder();
            for (var column = 0; column < row.Length; column++)
                line.Append(row[column].PadRight(widths[column] + 2));
            yield return line.ToString().TrimEnd();
        }
    }

    /// <summary>What was wrong, where, what to do, and the code to look for.</summary>
    public static void Fail(CommandException failure, bool asJson)
    {
        if (asJson)
        {
            var places = failure.Places.Select(each => new { Path = each.Place, Message = each.What }).ToList();
            Note(JsonSerializer.Serialize(
                new
                {
                    failure.Code,
                    Detail = failure.Message,
                    failure.Cure,
                    Errors = places.Count == 0 ? null
                    : places
                },
                Json));
            return;
        }
        Note($"stun: {failure.Message.TrimEnd()}");
        foreach (var (place, what) in failure.Places) Note($"  {place}: {what}");
        Note($"  {failure.Cure} [{failure.Code}]");
    }

    /// <summary>A bar while somebody looks on, and nothing otherwise.</summary>
    public static async Task WithProgressAsync(string what, long total, Func<Action<long>, Task> work)
    {
        if (!IsWatched || total == 0)
        {
            await work(_ => { }).ConfigureAwait(false);
            return;
        }
        await Watched.Value.Progress().AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(async bars =>
            {
                var bar = bars.AddTask(Markup.Escape(what), maxValue: total);
                await work(done => bar.Value = done).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    /// <summary>A secret that is typed and not shown.</summary>
    public static string AskSecret(string question)
    {
        if (Console.IsInputRedirected) return Console.In.ReadLine() ?? "";
        return Watched.Value.Prompt(new TextPrompt<string>(question).Secret(null).AllowEmpty());
    }

    public static string ReadInput() => Console.In.ReadToEnd();
}
