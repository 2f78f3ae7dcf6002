// Where a region lies: a continent and a country, as `eu-de`, or a part of a large country, as `us-east`. One that says
// neither is in the list beside the map, and not on it.

type Spot = readonly [longitude: number, latitude: number];

/** Countries by their two letters (ISO 3166), somewhere in their middle. */
const COUNTRIES = `ad 1.6 42.5,ae 54.3 24,af 66 33.8,al 20 41,am 45 40.2,ao 17.5 -12.3,ar -65 -35,at 14.1 47.6,au 134 -25,az 47.7 40.3,
ba 17.8 44.2,bd 90.2 23.9,be 4.6 50.6,bf -1.7 12.3,bg 25.2 42.8,bh 50.5 26,bi 29.9 -3.4,bj 2.3 9.6,bo -64.7 -16.7,br -53 -10.8,bt 90.4 27.4,
bw 23.8 -22.2,by 28 53.5,bz -88.7 17.2,ca -106 57,cd 23.6 -2.9,cf 20.5 6.6,cg 15.2 -.8,ch 8.2 46.8,ci -5.6 7.6,cl -71.3 -35.7,cm 12.7 5.7,
cn 104 35.9,co -73.1 3.9,cr -84.2 10,cu -79 21.6,cy 33.2 35,cz 15.3 49.7,de 10.4 51.1,dj 42.6 11.8,dk 9.5 56,do -70.5 18.9,dz 2.6 28.2,
ec -78.4 -1.4,ee 25.5 58.7,eg 29.9 26.5,er 38.8 15.4,es -3.6 40.3,et 39.6 8.6,fi 26.3 64.5,fj 178 -17.8,fr 2.5 46.6,ga 11.8 -.6,gb -2.5 53.5,
ge 43.5 42.2,gh -1.2 8,gl -41 74,gm -15.4 13.4,gn -10.9 10.4,gq 10.3 1.7,gr 22.6 39.3,gt -90.4 15.7,gw -15 12,gy -58.9 4.8,hk 114.1 22.4,
hn -86.6 14.8,hr 16.4 45.1,ht -72.7 18.9,hu 19.4 47.2,id 117 -2.2,ie -8 53.2,il 35 31.5,in 79.6 22.9,iq 43.7 33,ir 54.3 32.6,is -18.6 65,
it 12.1 42.8,jm -77.3 18.2,jo 36.8 31.2,jp 138 36.6,ke 37.8 .6,kg 74.5 41.5,kh 105 12.7,kp 127.2 40.2,kr 127.8 36.4,kw 47.6 29.3,kz 67.3 48.2,
la 103.8 18.5,lb 35.9 33.9,lk 80.7 7.6,lr -9.3 6.5,ls 28.2 -29.6,lt 23.9 55.3,lu 6.1 49.8,lv 24.9 56.9,ly 18 27,ma -8.5 29.8,md 28.5 47.2,
me 19.2 42.8,mg 46.7 -19.4,mk 21.7 41.6,ml -3.5 17.3,mm 96.5 21.2,mn 103 46.8,mr -10.3 20.3,mt 14.4 35.9,mu 57.6 -20.3,mw 34.3 -13.2,
mx -102.5 23.9,my 109.7 3.8,mz 35.5 -17.3,na 17.2 -22.1,nc 165.7 -21.3,ne 9.4 17.4,ng 8.1 9.6,ni -85 12.8,nl 5.3 52.1,no 10 61.5,np 83.9 28.2,
nz 171.5 -41.8,om 56.1 20.6,pa -80.1 8.5,pe -74.4 -9.2,pg 145.2 -6.5,ph 122.9 11.8,pk 69.3 29.9,pl 19.4 52.1,pr -66.5 18.2,pt -8.2 39.7,
py -58.4 -23.2,qa 51.2 25.3,ro 25 45.9,rs 20.8 44.2,ru 60 58,rw 29.9 -2,sa 44.5 24.1,sd 29.9 16,se 15.3 60.8,sg 103.8 1.4,si 14.8 46.1,
sk 19.5 48.7,sl -11.8 8.6,sn -14.5 14.4,so 45.7 4.8,sr -55.9 4.1,ss 30.2 7.3,sv -88.9 13.7,sy 38.5 35,sz 31.5 -26.6,td 18.6 15.3,tg 1 8.5,
th 101 15.1,tj 71 38.5,tm 59.4 39.1,tn 9.6 34.1,tr 35.2 39.1,tw 121 23.8,tz 34.8 -6.3,ua 31.4 49,ug 32.4 1.3,us -98 39.5,uy -56 -32.8,
uz 63.1 41.8,ve -66.2 7.1,vn 106.3 16.6,xk 20.9 42.6,ye 47.6 15.9,za 25.1 -29,zm 27.8 -13.5,zw 29.9 -19`;

const PARTS: Readonly<Record<string, Spot>> = {
  'us-east': [-77, 38.5], 'us-west': [-120, 41], 'us-centr': [-95, 40], 'us-north': [-94, 45], 'us-south': [-97, 31.5],
  'ca-east': [-73, 47], 'ca-west': [-120, 54], 'au-east': [150, -32], 'au-west': [119, -29], 'in-south': [78, 13], 'in-west': [73.5, 20],
  'br-south': [-47, -23], 'cn-north': [115, 40], 'cn-south': [113, 23.5], 'cn-east': [120.5, 31], 'jp-east': [139.7, 35.7],
};

/** Where only a continent is said. */
const CONTINENTS: Readonly<Record<string, Spot>> = {
  eu: [11, 49], na: [-100, 42], sa: [-60, -15], af: [20, 3], as: [95, 40], oc: [140, -25], me: [48, 27], ap: [110, 15],
};

let countries: ReadonlyMap<string, Spot> | undefined;

function countryOf(name: string): Spot | undefined {
  countries ??= new Map(COUNTRIES.split(',').map(each => {
    const [key, longitude, latitude] = each.trim().split(' ');
    return [key!, [Number(longitude), Number(latitude)]];
  }));
  return countries.get(name);
}

export function spotOf(region: string): Spot | undefined {
  const parts = region.toLowerCase().split('-');
  const part = PARTS[parts.slice(0, 2).join('-').replace(/\d+$/, '')] ?? PARTS[parts.slice(1, 3).join('-')];
  if (part !== undefined) return part;
  // `eu-de` and `de-1` name a country, `eu` a continent, `us` a country.
  const second = parts[1]?.replace(/\d+$/, '');
  const bySecond = second === undefined || second.length !== 2 ? undefined : countryOf(second);
  if (bySecond !== undefined) return bySecond;
  const first = parts[0]!.replace(/\d+$/, '');
  return CONTINENTS[first] !== undefined && !(parts.length === 1 && first === 'me') ? CONTINENTS[first] : countryOf(first);
}
