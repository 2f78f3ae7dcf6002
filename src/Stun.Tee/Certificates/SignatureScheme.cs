namespace Stun.Tee.Certificates;

/// <summary>How something was signed. There is no weaker one: what is not here is refused.</summary>
internal enum SignatureScheme : byte
{
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    RsaPssSha384,
    RsaSha256,
}
