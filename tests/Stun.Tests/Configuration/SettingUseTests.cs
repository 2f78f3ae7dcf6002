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
            Regex.IsMatch(text, $@"[.{{,]\s*{name.Property}\b[^(]", RegexOptions.CultureInvariant))).ToList();
        Assert.True(unused.Count == 0, $"Nothing looks at these: {string.Join(", ", unused)}");
    }

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
