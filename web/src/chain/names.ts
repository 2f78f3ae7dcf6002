// What the address book calls the contracts.
export const STAKING_NAME = 'Staking';
export const TOKEN_NAME = 'StunToken';
export const ESCROW_NAME = 'Escrow';
export const GOVERNOR_NAME = 'StunGovernor';
