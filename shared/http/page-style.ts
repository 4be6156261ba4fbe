/** The style of every page. It is inlined and allowed by its hash, so it must reach the browser byte for byte. */
export const pageStyle = `
:root{color-scheme:light dark;--back:#f4f6f4;--card:#fff;--text:#17211c;--soft:#4c5a53;--line:#d5ddd8;--code:#f1f4f2;--act:#0b6a4a;--over:#084f37;--on:#fff;--warn:#fdf3d9;--warned:#5a4100;--edge:#b98900}
@media (prefers-color-scheme:dark){:root{--back:#0e1311;--card:#161d1a;--text:#e7edea;--soft:#a8b5ae;--line:#2e3934;--code:#0f1513;--act:#5fd1a4;--over:#86e2be;--on:#05231a;--warn:#2a2310;--warned:#f2dca3;--edge:#c99a1c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;background:var(--back);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;-webkit-text-size-adjust:100%}
.page{max-width:40rem;margin:0 auto;padding:clamp(1.25rem,6vh,4rem) 1rem 3rem}
.brand{display:flex;align-items:center;gap:.5rem;margin:0 0 1rem;color:var(--soft);font-weight:600;letter-spacing:.01em}
.brand svg{color:var(--act)}
main{padding:clamp(1.25rem,5vw,2.25rem);background:var(--card);border:1px solid var(--line);border-radius:14px;box-shadow:0 1px 2px #0000000d,0 8px 24px #0000000a}
h1{margin:0 0 .75rem;font-size:clamp(1.5rem,5vw,1.9rem);line-height:1.2;letter-spacing:-.015em;text-wrap:balance}
h2{margin:0;font-size:1rem}
p{margin:0 0 1rem}
p,li,strong,code,textarea{overflow-wrap:anywhere}
.soft{color:var(--soft);font-size:.925rem}
.fine{margin-top:2rem;color:var(--soft);font-size:.8rem;overflow-wrap:anywhere}
a{display:inline-block;padding:.2rem 0;color:var(--act);text-underline-offset:.2em;overflow-wrap:anywhere}
a:hover{color:var(--over)}
footer{margin:1.25rem 0 0;padding:0 .25rem;text-align:center}
main>:last-child{margin-bottom:0}
form{margin:1.5rem 0}
ul{margin:0 0 1rem;padding-left:1.2rem}
li+li{margin-top:.35rem}
button{font:inherit;font-weight:600;cursor:pointer;border-radius:9px;transition:background-color .12s}
.main{min-height:3rem;padding:.7rem 1.5rem;border:1px solid transparent;background:var(--act);color:var(--on)}
.main:hover{background:var(--over)}
.copy{flex:none;min-height:2rem;padding:.15rem .75rem;border:1px solid var(--soft);background:transparent;color:var(--act);font-size:.875rem}
.copy:hover{background:var(--code)}
:focus-visible{outline:3px solid var(--act);outline-offset:3px}
.bar{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem;min-height:2rem;margin:1.75rem 0 .5rem}
label{font-weight:600}
input{display:block;width:100%;max-width:26rem;min-height:3rem;margin:.5rem 0 1rem;padding:.5rem .9rem;border:1px solid var(--soft);border-radius:9px;background:var(--code);color:var(--text);font:inherit}
#code{max-width:16rem;font:1.25rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;letter-spacing:.08em;text-transform:uppercase}
pre,textarea{display:block;width:100%;margin:0 0 1rem;padding:.8rem .9rem;border:1px solid var(--line);border-radius:9px;background:var(--code);color:var(--text);font:.875rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
textarea{min-height:6rem;border-color:var(--soft);resize:vertical;field-sizing:content;word-break:break-all}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
pre code{font:inherit}
.warn{padding:.75rem 1rem;border-left:4px solid var(--edge);border-radius:6px;background:var(--warn);color:var(--warned)}
.next{margin-top:2rem;padding-top:1.5rem;border-top:1px solid var(--line)}
.next>h2{font-size:1.15rem}
.bar+.soft{margin:0 0 .5rem}
section:last-child pre{margin-bottom:0}
#status{position:fixed;left:50%;bottom:1.25rem;max-width:calc(100% - 2rem);padding:.5rem 1.1rem;transform:translateX(-50%);border-radius:99px;background:var(--text);color:var(--back);font-size:.925rem;margin:0}
#status:empty{padding:0}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;
