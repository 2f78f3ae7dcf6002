using System.Text;
using System.Text.RegularExpressions;
using Stun.Execution;
using Stun.Execution.Images;

namespace Stun.Node.Policies;

/// <summary>
/// Which images are meant, by where they come from: <c>docker://host/team/*</c>. <c>*</c> stands for anything within
/// one part of a path, <c>**</c> for anything, <c>?</c> for one sign. Without a tag or digest all of them are meant.
/// </summary>
public sealed record ImagePattern
{
    private readonly Regex form;

    private ImagePattern(string text)
    {
        Text = text;
        var regex = new StringBuilder(@"\A");
        for (var index = 0; index < text.Length; index++)
        {
            var isDouble = text[index] == '*' && index + 1 < text.Length && text[index + 1] == '*';
            regex.Append(text[index] switch
            {
                '*' when isDouble => ".*",
                '*' => "[^/]*",
                '?' => "[^/]",
                var sign => Regex.Escape(sign.ToString()),
            });
            if (isDouble) index++;
        }
        // Without backtracking: a pattern of many stars must not take a stranger's text for ever.
        form = new Regex(regex.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    public string Text { get; }

    public static ImagePattern? Parse(string text)
    {
        var isForm = text.Length is > 0 and <= 512 && text.All(sign => sign is > ' ' and <= '~')
            && text.Contains(':') && !text.Contains("***");
        return isForm ? new ImagePattern(FoldHost(text)) : null;
    }

    /// <summary>The source as it is, and without what chooses one of its images.</summary>
    public bool Matches(string source) =>
        Spellings(source).Any(text => form.IsMatch(text));

    public bool Equals(ImagePattern? other) => other is not null && other.Text == Text;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);

    public override string ToString() => Text;

    /// <summary>Whether it names an image at a registry: all that a stranger has business to name.</summary>
    public static bool IsRegistry(string source) =>
        TryParse(source) is ImageSource.Registry;

    private static ImageSource? TryParse(string source)
    {
        try
        {
            return ImageSource.Parse(source);
        }
        catch (ExecutionException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Spellings(string source)
    {
        if (TryParse(source) is not ImageSource.Registry registry)
        {
            yield return source;
            yield break;
        }
        var name = FoldHost($"{(registry.PlainHttp ? "docker+http" : "docker")}://{registry.Host}/{registry.Name}");
        yield return name;
        if (registry.Tag is { } tag) yield return $"{name}:{tag}";
        if (registry.Digest is { } digest) yield return $"{name}@{ImageDigest.Text(digest)}";
        if (registry is { Tag: null, Digest: null }) yield return $"{name}:latest";
    }

    /// <summary>The port that is meant anyway, and capitals of the host, make no other registry.</summary>
    private static string FoldHost(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return text;
        var end = text.IndexOf('/', start + 3);
        if (end < 0) end = text.Length;
        var host = text[..end].ToLowerInvariant();
        var usual = host.StartsWith("docker+http:", StringComparison.Ordinal) ? ":80" : ":443";
        return (host.EndsWith(usual, StringComparison.Ordinal) ? host[..^usual.Length] : host) + text[end..];
    }
}
