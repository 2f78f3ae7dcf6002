namespace Stun.Zk;

/// <summary>The codes of everything that is refused. None ever changes its meaning.</summary>
public static class ZkCodes
{
    /// <summary>The file is not of the kind that was asked for, or of a version that nobody knows here.</summary>
    public const string FileKind = "zk.file-kind";

    /// <summary>A file ends early, or goes on after its end, or its sections contradict one another.</summary>
    public const string FileShape = "zk.file-shape";

    /// <summary>A file asks for more than the limits allow.</summary>
    public const string FileLimit = "zk.file-limit";

    /// <summary>A file is of another curve.</summary>
    public const string Prime = "zk.prime";

    /// <summary>A number is not below its prime, or not written in its one form.</summary>
    public const string Number = "zk.number";

    /// <summary>A point is not on its curve, not in its group, or infinity where that is not allowed.</summary>
    public const string Point = "zk.point";

    /// <summary>A JSON document is not what it must be.</summary>
    public const string Json = "zk.json";

    /// <summary>There are more or fewer public values than the key knows.</summary>
    public const string Publics = "zk.publics";

    /// <summary>A witness is not one of this circuit, or breaks its constraints.</summary>
    public const string Witness = "zk.witness";

    /// <summary>A circuit uses what is not supported, or is too large.</summary>
    public const string Circuit = "zk.circuit";

    /// <summary>A well-formed proof does not prove what it is said to prove.</summary>
    public const string Proof = "zk.proof";
}
