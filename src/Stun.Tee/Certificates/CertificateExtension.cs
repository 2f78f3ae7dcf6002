namespace Stun.Tee.Certificates;

internal sealed record CertificateExtension(string Id, bool IsCritical, ReadOnlyMemory<byte> Value);
