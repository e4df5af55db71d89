// What a ticket's page does where scripts run: asks for itself anew, says aloud what changed, and offers notices. ES5, for telephones of 2014.

/** Asks for the part that changes, puts it in the place of the old one, and says its headline aloud when that changed. */
export const liveScript = `(function(){
var live=document.getElementById('live'),say=document.getElementById('say'),lost=document.getElementById('lost');
var tag='',part=live.firstElementChild,said=part.getAttribute('data-say'),whole=part.getAttribute('data-whole'),mending=document.getElementById('mend');
function ask(){
if(document.hidden||/ask=/.test(location.search)||(mending&&mending.getAttribute('data-busy')))return;
var r=new XMLHttpRequest();
r.open('GET',live.getAttribute('data-from')+'/live'+location.search.replace(/([?&])said=[a-z]+&?/,'$1'));
if(tag)r.setRequestHeader('If-None-Match',tag);
r.timeout=15000;
r.onload=function(){
lost.hidden=true;
if(r.status===404)clearInterval(timer);
if(r.status!==200)return;
tag=r.getResponseHeader('ETag')||'';
live.innerHTML=r.responseText;
part=live.firstElementChild;
if(part.getAttribute('data-whole')!==whole)location.replace(live.getAttribute('data-from')+location.search.replace(/([?&])said=[a-z]+&?/,'$1'));
var now=part.getAttribute('data-say');
if(now!==said){said=now;say.textContent=now}
};
r.onerror=r.ontimeout=function(){lost.hidden=false};
r.send();
}
var timer=setInterval(ask,8000);
document.addEventListener('visibilitychange',ask);
})();
`

/** Sends the mended file with what is sent so far in sight; without it the form goes by itself. */
const mendScript = `(function(){
var form=document.getElementById('mend');
if(!form||!window.FormData)return;
var said=document.getElementById('mendsaid'),button=form.getElementsByTagName('button')[0];
function word(name){return form.getAttribute('data-'+name)}
function mb(n){return (n/1048576).toFixed(1).replace('.',word('decimal'))}
function over(text){said.textContent=text;button.disabled=false;form.removeAttribute('data-busy')}
form.onsubmit=function(e){
var file=document.getElementById('file').files[0],r=new XMLHttpRequest();
if(!file)return;
e.preventDefault();
if(file.size>+word('max'))return over(word('big'));
button.disabled=true;form.setAttribute('data-busy','1');
r.open('POST',form.action);
r.setRequestHeader('Accept','application/json');
r.upload.onprogress=function(p){
if(p.lengthComputable)said.textContent=p.loaded<p.total?word('sending').replace('{}',mb(p.loaded)).replace('{}',mb(p.total)):word('checking');
};
r.onload=function(){
var a={};try{a=JSON.parse(r.responseText)}catch(x){}
if(a.path)location.replace(a.path);else over(a.text||word('broken'));
};
r.onerror=function(){over(word('broken'))};
r.send(new FormData(form));
};
})();
`

/** `push`: the server's public key for notices, or empty where it sends none. */
export function ticketScript(push: string): string {
  return `${liveScript}${mendScript}(function(){
var key='${push}',button=document.getElementById('notify');
if(!key||!button||!('serviceWorker' in navigator)||!('PushManager' in window)||!window.isSecureContext||Notification.permission==='denied')return;
function bytes(text){
var raw=atob(text.replace(/-/g,'+').replace(/_/g,'/')+'==='.slice((text.length+3)%4)),out=new Uint8Array(raw.length),i;
for(i=0;i<raw.length;i++)out[i]=raw.charCodeAt(i);
return out;
}
button.hidden=false;
button.onclick=function(){
button.disabled=true;
navigator.serviceWorker.register('/t/worker.js',{scope:'/t/'}).then(function(){return navigator.serviceWorker.ready}).then(function(w){
return w.pushManager.subscribe({userVisibleOnly:true,applicationServerKey:bytes(key)});
}).then(function(s){
return fetch(document.getElementById('live').getAttribute('data-from')+'/push',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(s)});
}).then(function(a){
if(!a.ok)throw new Error(a.status);
button.textContent=button.getAttribute('data-on');
}).catch(function(){
button.disabled=false;button.textContent=button.getAttribute('data-no');
});
};
})()`
}

/** The worker that shows a notice and opens its ticket; it caches nothing. */
export const worker = `self.addEventListener('push',function(e){
var m={};try{m=e.data.json()}catch(x){}
e.waitUntil(self.registration.showNotification(m.title||'Цех',{body:m.body||'',tag:m.path||'tsekh',data:m.path||'/',icon:'/mark.svg'}));
});
self.addEventListener('notificationclick',function(e){
e.notification.close();
e.waitUntil(self.clients.openWindow(e.notification.data));
});
`
