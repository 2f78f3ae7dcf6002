using Stun.Tee.Certificates;

namespace Stun.Tee.Amd;

/// <summary>The root of a product and what it has signed: the keys that sign for chips, and for clouds.</summary>
internal sealed record AmdRoot(AmdProduct Product, Certificate Ark, Certificate Ask, Certificate Asvk);
