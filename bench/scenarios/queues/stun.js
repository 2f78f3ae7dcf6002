// Submits no-op tasks over HTTP and waits for each verified result: the full path of the product.
const http=require('http');const m=require('./meter');
const [port,key,pid,N]=[+process.argv[2],process.argv[3],+process.argv[4],+process.argv[5]||5000];
const agent=new http.Agent({keepAlive:true,maxSockets:200});
const image='sha256:'+'0'.repeat(63)+'1';const pad='x'.repeat(200);
const one=i=>new Promise((res,rej)=>{const body=JSON.stringify({image,command:[String(i),pad],verification:{kind:'none'},run_time_max_seconds:2});
 const r=http.request({host:'127.0.0.1',port,method:'POST',path:'/v1/tasks?wait=30',agent,headers:{authorization:'Bearer '+key,'content-type':'application/json','content-length':Buffer.byteLength(body)}},x=>{let s='';x.setEncoding('utf8');x.on('data',d=>s+=d);x.on('end',()=>{const t=JSON.parse(s);if(x.statusCode!==201||!t.result)return rej(new Error(s));res(t)})});r.on('error',rej);r.end(body)});
(async()=>{await m.closed(+process.argv[6]||15000,100,one);
for(let k=0;k<(+process.argv[7]||1);k++){let s=m.start([process.pid,pid]),ss=m.start([pid]);let l=await m.closed(N,100,one);let r=m.stop(s,N),r2=m.stop(ss,N);
console.log(JSON.stringify({sys:'stun',mode:'closed100',...r,server_cpu_us:r2.cpu_us_job,...m.pct(l)}));}
let s=m.start([process.pid,pid]);let l=await m.closed(300,1,one);let r=m.stop(s,300);console.log(JSON.stringify({sys:'stun',mode:'seq1',...r,...m.pct(l)}));process.exit(0)})().catch(e=>{console.error(e.message);process.exit(1)});
