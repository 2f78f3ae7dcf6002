namespace Stun.Node.Configuration;

/// <summary>A key of the owner's, which a configuration names and does not hold.</summary>
internal static class OwnerSecret
{
    /// <summary>Nothing where neither is named; null where the file cannot be opened just now.</summary>
    public static string? TryRead(string? variable, string? file)
    {
        if (variable is not null) return Environment.GetEnvironmentVariable(variable)?.Trim() ?? "";
        if (file is null) return "";
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Neither the path nor what is in it is anything for a caller to know.
            return null;
        }
    }
}
