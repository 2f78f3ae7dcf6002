namespace Stun.Node.Gateway;

/// <summary>A request that cannot be granted. The code is one of api/errors.yaml.</summary>
public sealed class ApiException(string code, string detail) : Exception(detail)
{
    public string Code => code;

    /// <summary>Places in the request and what is wrong there.</summary>
    public IReadOnlyList<FormFault> Faults { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }
}

public sealed record FormFault(string Path, string Message);
