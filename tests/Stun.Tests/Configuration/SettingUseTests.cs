using System.Reflection;
using System.Text.RegularExpressions;
using Stun.Node.Configuration;
using Xunit;

namespace Stun.Tests.Configuration;

/// <summary>A setting that nothing looks at is a promise to operators that nobody keeps.</summary>
public sealed class SettingUseTests
{
    [Fact]
    public void Every_setting_that_can_be_written_down_is_looked_at_by_something()
    {
        var readers = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/Stun.Node/Configuration/", StringComparison.Ordinal))
            .Select(File.ReadAllText).ToList();
        var names = Settings(typeof(NodeConfiguration), []).ToList();
        Assert.True(names.Count > 40, $"Only {names.Count} settings were found.");
        var unused = names.Where(name => !readers.Any(text =>
            Regex.IsMatch(text, Use(name.Owner, name.Property), RegexOptions.CultureInvariant))).ToList();
        Assert.True(unused.Count == 0, $"Nothing looks at these: {string.Join(", ", unused)}");
    }

    /// <summary>Where the names of members are common words, they count only as members of what they are of.</summary>
    private static string Use(string owner, string property) => owner switch
    {
        "LimitSettings" => $@"\b[lL]imits\.{property}\b",
        "TelemetrySettings" => $@"\b[tT]elemetry\.{property}\b",
        _ => $@"[.{{,]\s*{property}\b[^(]",
    };

    private static IEnumerable<(string Owner, string Property)> Settings(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type)) yield break;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            yield return (type.Name, property.Name);
            var inner = property.PropertyType.IsGenericType
                ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            if (inner is { Namespace: "Stun.Node.Configuration", IsEnum: false })
                foreach (var below in Settings(inner, seen)) yield return below;
        }
    }
}
