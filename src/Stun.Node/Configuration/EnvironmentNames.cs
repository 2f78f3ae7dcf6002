namespace Stun.Node.Configuration;

/// <summary>Which variable of the environment sets which key.</summary>
internal static class EnvironmentNames
{
    public const string Prefix = "STUN_";

    /// <summary>Ours as well, but of scripts, tests and the command line: no settings.</summary>
    public static readonly IReadOnlyList<string> NoSettings =
    [
        "STUN_HOME", "STUN_CONFIG", "STUN_NODE", "STUN_KEY", "STUN_KEY_PASSWORD", "STUN_UPDATE_", "STUN_TEST_",
        "STUN_IMAGE_LAYOUTS",
    ];

    /// <summary><c>store.lease-term</c> is STUN_STORE_LEASE_TERM; entries of lists have their number.</summary>
    public static string Of(string path) =>
        Prefix + path.Replace('.', '_').Replace('-', '_').ToUpperInvariant();
}
