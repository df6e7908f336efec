"""Kanji that are one for a search: true variants (異体字), and characters that people confuse.

Two tiers that must not be mixed. :func:`fold_variants` replaces each kanji by one representative
of its true variants, so that 髙橋, 高𣘺 and 高橋 are one name. :func:`confused_key` goes further and
takes for one what is often written for one another although the law holds it apart, as 斎 and 斉.

Sources: the forms in parentheses of 常用漢字表 (平成22年内閣告示第2号) and the pairs of 人名用漢字
(戸籍法施行規則別表第二), both written down from memory and unverified; the canonical equivalents of
the compatibility ideographs from the Unicode Character Database; the variants of names and the
confusable characters from practice, unverified. Every pair is a direct relation. Only the key of
a search is folded: a name itself is stored and shown as it was registered.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

__all__ = ["CONFUSED", "VARIANTS", "confused_key", "fold_variants", "variants_of"]

_JOYO: Final = """
亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓圎 塩鹽 縁緣 艶艷 応應 欧歐 殴毆
桜櫻 奥奧 横橫 温溫 穏穩 仮假 価價 画畫畵 会會㑹 絵繪 壊壞 懐懷 概槪槩 拡擴 殻殼 覚覺 学學斈 岳嶽
楽樂 渇渴 缶罐 巻卷 陥陷 勧勸 寛寬 関關𨵿闗 歓歡 観觀 気氣 既旣 帰歸㱕 偽僞 戯戲戱 犠犧 旧舊 拠據
挙擧舉 虚虛 峡峽 挟挾 狭狹 郷鄕鄉鄊 暁曉 区區 駆驅駈 勲勳勛 薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經
蛍螢 軽輕 継繼 鶏鷄雞 芸藝 撃擊 欠缺缼 研硏 県縣 倹儉 剣劍劔剱釼劒 険險 圏圈 検檢 献獻 権權 顕顯
験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛砿礦 号號 国國圀囯 黒黑 砕碎 済濟 斎齋 剤劑 雑雜襍 参參叅叄 桟棧
蚕蠶 惨慘 賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫冩 釈釋 寿壽夀 収收 従從 渋澁 獣獸 縦縱 粛肅
処處 叙敍敘 将將 称稱穪 渉涉 焼燒 証證 奨奬 条條 状狀 乗乘椉 浄淨 剰剩 畳疊疉疂 縄繩 壌壤 嬢孃
譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼 尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 斉齊亝
静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛濳 繊纖 禅禪 双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢 曽曾
痩瘦 装裝 総總緫 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體躰軆 帯帶 滞滯 台臺䑓 滝瀧 択擇
沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲䖝 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞
鉄鐵銕鐡鉃 点點㸃奌 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬪鬬鬭 徳德㥁悳惪 独獨 読讀 届屆 弐貳貮
悩惱 脳腦 覇霸 拝拜 廃廢 売賣 麦麥 発發 髪髮 抜拔 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 併倂 並竝
辺邊邉𨘢 変變 歩步 宝寶寳寚 豊豐 褒襃 翻飜 万萬 満滿 麺麵麪 黙默 訳譯 薬藥 与與 予豫 余餘 誉譽
揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍 両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵 霊靈霛 齢齡 暦曆 歴歷
恋戀 炉爐 労勞 楼樓 録錄 湾灣 亀龜 弁辨瓣辯 舎舍 毎每 晩晚 隷隸 歳歲 戻戾 頬頰 填塡 剥剝 餅餠 喩喻
"""
_JINMEI: Final = """
亘亙 凜凛 尭堯 巌巖巗 晃晄 桧檜 槙槇 祢禰袮 禄祿 穣穰 萌萠 遥遙 弥彌 瑶瑤 園薗 島嶋嶌㠀 盃杯 富冨
峯峰 野埜 凉涼
"""
_NAMES: Final = """
高髙 崎﨑嵜 吉𠮷 橋槗𣘺 桑桒 館舘 柳栁桺 達逹 鶴靏靍鸖靎 清淸 淵渕渊 鴎鷗 薮藪籔 侠俠 籠篭 内內
戸戶户 教敎 青靑 産產 顔顏 説說 税稅 鋭銳 閲閱 悦悅 脱脫 姫姬 姉姊 呉吳 娯娛 彦彥 尚尙 飲飮 冊册
刃刄 強强 没沒 隣鄰 秋穐龝秌 松枩㮤枀梥 梅楳 昇曻 珍珎 喜㐂 聡聰聦 晋晉 昂昻 叡睿 壺壷 婿壻聟 卯夘
紙帋 船舩 村邨 蛇虵 豎竪 往徃 協恊 恥耻 刧劫 却卻 厨廚 厠廁 厩廏廐 勢㔟 器噐 多夛 寇冦 爾尓 沖冲
決决 潅灌 涛濤 湧涌 濶闊 焔焰 熙煕熈 床牀 猫貓 略畧 皋皐 蓋盖葢 砺礪 笋筍 箪簞 籤籖 粮糧 線綫 綿緜
繍繡 胸胷 腸膓 臈﨟臘 芦蘆 荊荆 蒋蔣 莱萊 蝿蠅 蟹蠏 蛎蠣 解觧 咏詠 諌諫 讃讚 賎賤 跡迹 輒輙 輛輌
迩邇 醗醱 醤醬 鐸鈬 舗舖鋪 閉閇 陰隂 雁鴈 面靣 鞍鞌 韮韭 頚頸 顛顚 飄飃 騨驒 鴬鶯鸎 鵝鵞 麁麤 鰺鯵
麹麴 頴穎 翠翆 仙僊 蕊蘂 蘇蘓 葬塟 掴摑 噛嚙 嘘噓 繋繫 祷禱 蝋蠟 蝉蟬 屏屛 幷并 躯軀 撹攪 溌潑
唖啞 倶俱 桝枡 桿杆 梼檮 栃杤 侭儘 兎兔 鉤鈎 靱靭 鍬鍫 鳬鳧 柏栢 脇𦚰 土𡈽圡 吞呑 叱𠮟 稟禀 牆墻
鈩鑪 岡崗 恩㤙 角⻆ 場塲 鎌鐮 郎郞 鬱欝 讐讎 丈𠀋 泰𣳾 賓賔 宜冝 氷冰 竈竃 耕畊 曹曺 裴裵 鹿𢈘
寧寍 世丗 享亯 京亰 事亊叓㕝 能䏻 最㝡 信㐰訫 備俻 兼𠔥 兜兠 冬㫡 凡凢 初𥘉 前歬 博愽 厚垕 原厡𠩤
叔𠦑 哲喆 善譱 塔墖 夏𡕾 夢夣 奈柰 妙玅 崇崈 俊儁 碕𥔎 緒緖 錬鍊 絶絕 告吿 飯飰 須湏 杉杦 堤隄
望朢 明眀朙 美羙 麻蔴 窪漥 星曐 一弌 二弍 三弎 遠逺 修俢 宮宫 回囘囬 廻廽 功㓛 垂埀 怪恠 於扵 春旾
昏昬 沈沉 澗㵎磵 留畄畱 罰罸 群羣 聯聨 脈脉 職軄 釜釡 鎖鎻 長镸 顧頋 鼠鼡 侯矦 奇竒 糾糺 花芲 刀釖
鉛鈆 第㐧 左㔫 更㪅 旨㫖 法㳒 深㴱 卒卆 叫呌 和咊 妊姙 峨峩 崖崕 嵯嵳 庶庻 棄弃 健徤 曳曵 漆柒
款欵 育毓 涅湼 澄澂 煙烟 猿猨 貌皃 碗盌 筝箏 猪豬 廠厰 櫟檪 俎爼 樽罇
"""

VARIANTS: Final = tuple(f"{_JOYO}{_JINMEI}{_NAMES}".split())
"""Groups of true variants (異体字), each led by its representative."""

_ALIKE: Final = """
藤籐 崎埼碕 坂阪 大太 己已巳 土士 末未 荻萩 菅管 柿杮 千干 戌戍戊 爪瓜 治冶 泰秦 堀掘 幸辛 徴微 緑縁 網綱 陽揚
烏鳥 候侯 析折 樋桶 栗粟 待侍 遣遺 宜宣 享亨 晴睛 昂昴 推椎 巨臣 氷永 怜伶 日曰 且旦 杜社 崇祟 季李 捨拾 簾廉
裕祐佑 祇祗 紘絋 壇檀
"""
_INSTEAD: Final = """
斎斉 郎朗 州洲 荘庄 岩巌 畑畠 燿耀 磯礒 旗籏 麹糀 舟船 裏裡 苅刈 冴冱 欣忻 栖棲
"""
CONFUSED: Final = {"shape": tuple(_ALIKE.split()), "use": tuple(_INSTEAD.split())}
"""Groups of characters that people confuse, by why they do.

``shape``: they look alike, at least in a small or blurred print. ``use``: another character with
the same reading that is commonly written in its stead in names. All members are representatives.
"""


def _selectors() -> Iterator[int]:
    yield from range(0xFE00, 0xFE10)
    yield from range(0xE0100, 0xE01F0)
    yield from range(0x180B, 0x180E)


def _compatibility() -> Iterator[tuple[int, str]]:
    # Unicode gives each compatibility ideograph the one kanji it stands for, and each sign of a
    # radical (copied out of a PDF) the kanji it looks like.
    for code in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        kanji = unicodedata.normalize("NFC", chr(code))
        if kanji != chr(code):
            yield code, kanji
    for code in (0x2E9F, 0x2EF3, *range(0x2F00, 0x2FD6)):
        yield code, unicodedata.normalize("NFKC", chr(code))


def _folding() -> dict[int, str | None]:
    of_variant = {variant: group[0] for group in VARIANTS for variant in group[1:]}
    table: dict[int, str | None] = {ord(variant): kanji for variant, kanji in of_variant.items()}
    table |= {code: of_variant.get(kanji, kanji) for code, kanji in _compatibility()}
    return table | dict.fromkeys(_selectors())


_FOLD: Final = _folding()
_CONFUSE: Final = {
    ord(other): group[0] for groups in CONFUSED.values() for group in groups for other in group[1:]
}


def fold_variants(text: str) -> str:
    """The text with each kanji as the representative of its variants, without selectors (異体字).

    Never longer than the text, and folding twice changes nothing more. Characters with the same
    meaning that the law holds apart (斎 and 斉, 大 and 太) stay apart.
    """
    return text if text.isascii() else text.translate(_FOLD)


def confused_key(text: str) -> str:
    """The folded text with one character for all that are often confused (:data:`CONFUSED`)."""
    return fold_variants(text).translate(_CONFUSE)


def variants_of(kanji: str) -> tuple[str, ...]:
    """All true variants in the table of one kanji, itself too, the representative first."""
    leader = fold_variants(kanji)
    return next((tuple(group) for group in VARIANTS if group[0] == leader), (leader,))
